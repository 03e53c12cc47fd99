// Reading and writing the XML of S3, over pugixml. Strict where it protects us (size, well-formed,
// one root, no document type and so no entities of its own), tolerant where stores differ: any
// namespace and prefix, elements that we do not know, any order, white space before the
// declaration.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace pugi {
struct xml_node_struct;
}  // namespace pugi

namespace slipway::adapters::s3 {

// An element of a document that is kept alive by whoever holds an XmlDocument.
class XmlElement {
 public:
    // Without a prefix.
    std::string_view name() const;
    // The text of this element; what is escaped is plain again.
    std::string text() const;
    std::vector<XmlElement> children(std::string_view name) const;
    std::optional<XmlElement> child(std::string_view name) const;
    // The text of the child of that name; nothing where there is none.
    std::optional<std::string> text_of(std::string_view name) const;
    // The same as a number without sign; nothing also where it is none.
    std::optional<std::uint64_t> number_of(std::string_view name) const;
    bool is_true(std::string_view name) const { return text_of(name) == "true"; }

 private:
    friend class XmlDocument;
    explicit XmlElement(pugi::xml_node_struct* node) : node_(node) {}
    pugi::xml_node_struct* node_;
};

class XmlDocument {
 public:
    // A list of 1000 keys of 1024 bytes, each byte percent-encoded, fits in.
    static constexpr std::size_t kMaxSize = 8 << 20;

    // Errors: invalid.
    static Result<XmlDocument> parse(std::string_view text);
    // The same, and its root has to have this name.
    static Result<XmlDocument> parse_as(std::string_view text, std::string_view root);
    XmlDocument(XmlDocument&&) noexcept;
    XmlDocument& operator=(XmlDocument&&) noexcept;
    ~XmlDocument();

    XmlElement root() const;

 private:
    class Tree;
    explicit XmlDocument(std::unique_ptr<Tree> tree);
    std::unique_ptr<Tree> tree_;
};

// Builds one document; every text is escaped.
class XmlWriter {
 public:
    // In the namespace of S3.
    explicit XmlWriter(std::string_view root);
    XmlWriter& open(std::string_view name);
    XmlWriter& close(std::string_view name);
    XmlWriter& element(std::string_view name, std::string_view text);
    // Closes the root.
    std::string finish() &&;

 private:
    std::string root_;
    std::string text_;
};

}  // namespace slipway::adapters::s3
