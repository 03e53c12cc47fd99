// DiskImage: files and directories in memory, each with what programs see of it and what is
// durable: the bytes and the size of a file as of its last sync, the names in a directory as of
// its own. Errors are negated errno. No descriptors and no faults: simulated_disk.hpp.
//
// The model is harsher than any file system known to us but for two mercies that journals grant:
// the two halves of a rename that no sync has told apart are kept or lost together, and a failed
// sync loses data only, while names and sizes wait for the next one. Copies share what neither
// changes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/choices.hpp"

namespace slipway::sim {

using Inode = std::uint32_t;
inline constexpr std::size_t kSector = 512;

// What a loss of power leaves of what was not synced: `some` is chosen sector by sector and name by
// name, from the seed; `newest` is the last change of a name, and none before it.
enum class Kept { nothing, some, everything, newest };
struct PowerCut {
    Kept kept = Kept::nothing;
    std::uint64_t seed = 0;
};

class DiskImage {
 public:
    // By the length and the first eight bytes: there are many look-ups, of "5a" and of random ids.
    struct NameHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view name) const {
            std::uint64_t word = name.size();
            std::memcpy(&word, name.data(), std::min(name.size(), sizeof word));
            return (word ^ name.size()) * 0x9e3779b97f4a7c15U;
        }
    };
    using Names = std::unordered_map<std::string, Inode, NameHash, std::equal_to<>>;
    static constexpr Inode kRoot = 0;
    enum class Kind { file, directory };

    DiskImage();

    Kind kind(Inode node) const { return nodes_[node]->kind; }
    const Names& names(Inode directory) const { return nodes_[directory]->names; }
    const std::string& content(Inode file) const { return nodes_[file]->bytes; }
    const std::string& durable_content(Inode file) const { return nodes_[file]->durable_bytes; }
    std::optional<Inode> find(Inode directory, std::string_view name) const;

    Inode create(Inode directory, std::string_view name, Kind kind);
    void link(Inode directory, std::string_view name, Inode node);
    void unlink(Inode directory, std::string_view name);
    void rename(Inode from, std::string_view from_name, Inode to, std::string_view to_name);

    void write(Inode file, std::span<const std::byte> bytes, std::size_t offset);
    void resize(Inode file, std::size_t size);

    void sync(Inode node);
    // The sync failed: what was to be written is clean and not on the disk, and no later sync
    // writes it. (USENIX ATC 2020: ext4, XFS and Btrfs.)
    void fail_sync(Inode node);

    void cut(PowerCut how);

 private:
    struct Range {
        std::size_t begin;
        std::size_t end;
    };
    struct Node {
        Kind kind = Kind::file;
        std::string bytes;
        std::string durable_bytes;
        std::vector<Range> dirty;
        Names names;
        Names durable_names;
    };
    // One name that comes to stand for a node, or for none.
    struct Naming {
        Inode directory;
        std::string name;
        std::optional<Inode> node;
    };
    // What a journal keeps together.
    using Change = std::vector<Naming>;

    Node& changed(Inode node);
    void apply(Change change);
    static void set_name(Names& names, const Naming& naming);
    void sync_directory(Inode directory);
    void cut_file(Node& file, PowerCut how, Choices& choices);

    std::vector<std::shared_ptr<Node>> nodes_;
    // Names that are not durable everywhere, oldest first.
    std::vector<Change> pending_;
    // What was changed since the power was last cut; some of it more than once.
    std::vector<Inode> touched_;
};

}  // namespace slipway::sim
