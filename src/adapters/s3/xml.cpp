#include "adapters/s3/xml.hpp"

#include <charconv>
#include <pugixml.hpp>

namespace slipway::adapters::s3 {

namespace {

constexpr std::string_view kNamespace = "http://s3.amazonaws.com/doc/2006-03-01/";

pugi::xml_node node_of(pugi::xml_node_struct* node) {
    return pugi::xml_node(node);
}

std::string_view local_name(const pugi::xml_node& node) {
    const std::string_view name = node.name();
    const auto colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

bool is_element(const pugi::xml_node& node) {
    return node.type() == pugi::node_element;
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\r':
                out += "&#13;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

}  // namespace

class XmlDocument::Tree {
 public:
    pugi::xml_document document;
};

XmlDocument::XmlDocument(std::unique_ptr<Tree> tree) : tree_(std::move(tree)) {}
XmlDocument::XmlDocument(XmlDocument&&) noexcept = default;
XmlDocument& XmlDocument::operator=(XmlDocument&&) noexcept = default;
XmlDocument::~XmlDocument() = default;

Result<XmlDocument> XmlDocument::parse(std::string_view text) {
    if (text.size() > kMaxSize) {
        return failure(Errc::invalid, "XML of " + std::to_string(text.size()) + " bytes");
    }
    if (text.contains('\0') || text.contains("<!DOCTYPE")) {
        return failure(Errc::invalid, "XML with a zero byte or a document type");
    }
    auto tree = std::make_unique<Tree>();
    // White space is kept where it is all that an element has: a key may be a space.
    constexpr unsigned kOptions =
        pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol | pugi::parse_ws_pcdata_single;
    const auto parsed =
        tree->document.load_buffer(text.data(), text.size(), kOptions, pugi::encoding_utf8);
    if (!parsed) {
        return failure(Errc::invalid, std::string("XML: ") + parsed.description() + " at byte " +
                                          std::to_string(parsed.offset));
    }
    std::size_t roots = 0;
    for (const auto& node : tree->document.children()) {
        roots += is_element(node) ? 1U : 0U;
    }
    if (roots != 1) {
        return failure(Errc::invalid, "XML with " + std::to_string(roots) + " roots");
    }
    return XmlDocument(std::move(tree));
}

Result<XmlDocument> XmlDocument::parse_as(std::string_view text, std::string_view root) {
    auto document = parse(text);
    if (document && document->root().name() != root) {
        return failure(Errc::invalid, "XML of " + std::string(document->root().name()) + ", not " +
                                          std::string(root));
    }
    return document;
}

XmlElement XmlDocument::root() const {
    return XmlElement(tree_->document.document_element().internal_object());
}

std::string_view XmlElement::name() const {
    return local_name(node_of(node_));
}

std::string XmlElement::text() const {
    std::string out;
    for (const auto& node : node_of(node_).children()) {
        if (node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata) {
            out += node.value();
        }
    }
    return out;
}

std::vector<XmlElement> XmlElement::children(std::string_view name) const {
    std::vector<XmlElement> found;
    for (const auto& node : node_of(node_).children()) {
        if (is_element(node) && local_name(node) == name) {
            found.push_back(XmlElement(node.internal_object()));
        }
    }
    return found;
}

std::optional<XmlElement> XmlElement::child(std::string_view name) const {
    for (const auto& node : node_of(node_).children()) {
        if (is_element(node) && local_name(node) == name) {
            return XmlElement(node.internal_object());
        }
    }
    return std::nullopt;
}

std::optional<std::string> XmlElement::text_of(std::string_view name) const {
    const auto found = child(name);
    return found ? std::optional(found->text()) : std::nullopt;
}

std::optional<std::uint64_t> XmlElement::number_of(std::string_view name) const {
    const auto text = text_of(name);
    std::uint64_t value = 0;
    if (!text) {
        return std::nullopt;
    }
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    const bool whole = error == std::errc{} && end == text->data() + text->size();
    return whole ? std::optional(value) : std::nullopt;
}

XmlWriter::XmlWriter(std::string_view root) : root_(root) {
    text_.append(R"(<?xml version="1.0" encoding="UTF-8"?>)").append("\n<").append(root_);
    text_.append(R"( xmlns=")").append(kNamespace).append(R"(">)");
}

XmlWriter& XmlWriter::open(std::string_view name) {
    text_.append("<").append(name).append(">");
    return *this;
}

XmlWriter& XmlWriter::close(std::string_view name) {
    text_.append("</").append(name).append(">");
    return *this;
}

XmlWriter& XmlWriter::element(std::string_view name, std::string_view text) {
    open(name);
    text_ += escaped(text);
    return close(name);
}

std::string XmlWriter::finish() && {
    close(root_);
    return std::move(text_);
}

}  // namespace slipway::adapters::s3
