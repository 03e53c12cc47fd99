#include "sim/disk_image.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace slipway::sim {
namespace {

bool keeps(PowerCut how, Choices& choices) {
    return how.kept == Kept::everything || (how.kept == Kept::some && choices.one_in(2));
}

}  // namespace

DiskImage::DiskImage() {
    nodes_.push_back(std::make_shared<Node>());
    nodes_.back()->kind = Kind::directory;
}

DiskImage::Node& DiskImage::changed(Inode node) {
    touched_.push_back(node);
    auto& shared = nodes_[node];
    if (shared.use_count() > 1) {
        shared = std::make_shared<Node>(*shared);
    }
    return *shared;
}

std::optional<Inode> DiskImage::find(Inode directory, std::string_view name) const {
    const Names& known = names(directory);
    const auto found = known.find(name);
    return found == known.end() ? std::nullopt : std::optional(found->second);
}

void DiskImage::set_name(Names& names, const Naming& naming) {
    if (naming.node) {
        names.insert_or_assign(naming.name, *naming.node);
    } else {
        names.erase(naming.name);
    }
}

void DiskImage::apply(Change change) {
    for (const Naming& naming : change) {
        set_name(changed(naming.directory).names, naming);
    }
    pending_.push_back(std::move(change));
}

Inode DiskImage::create(Inode directory, std::string_view name, Kind kind) {
    const auto node = static_cast<Inode>(nodes_.size());
    nodes_.push_back(std::make_shared<Node>());
    changed(node).kind = kind;
    link(directory, name, node);
    return node;
}

void DiskImage::link(Inode directory, std::string_view name, Inode node) {
    Change change;
    change.push_back({directory, std::string(name), node});
    apply(std::move(change));
}

void DiskImage::unlink(Inode directory, std::string_view name) {
    Change change;
    change.push_back({directory, std::string(name), std::nullopt});
    apply(std::move(change));
}

void DiskImage::rename(Inode from, std::string_view from_name, Inode to, std::string_view to_name) {
    const auto node = find(from, from_name);
    Change change;
    change.push_back({from, std::string(from_name), std::nullopt});
    change.push_back({to, std::string(to_name), node});
    apply(std::move(change));
}

void DiskImage::write(Inode file, std::span<const std::byte> bytes, std::size_t offset) {
    Node& node = changed(file);
    const std::size_t end = offset + bytes.size();
    if (node.bytes.size() < end) {
        node.bytes.resize(end);
    }
    std::memcpy(node.bytes.data() + offset, bytes.data(), bytes.size());
    node.dirty.push_back({offset, end});
}

void DiskImage::resize(Inode file, std::size_t size) {
    Node& node = changed(file);
    node.bytes.resize(size);
    for (Range& range : node.dirty) {
        range.end = std::min(range.end, size);
        range.begin = std::min(range.begin, range.end);
    }
}

void DiskImage::sync(Inode node) {
    if (kind(node) == Kind::directory) {
        sync_directory(node);
        return;
    }
    Node& file = changed(node);
    file.durable_bytes.resize(file.bytes.size());
    for (const Range& range : file.dirty) {
        std::copy(file.bytes.data() + range.begin, file.bytes.data() + range.end,
                  file.durable_bytes.data() + range.begin);
    }
    file.dirty.clear();
}

void DiskImage::sync_directory(Inode directory) {
    bool any = false;
    for (Change& change : pending_) {
        for (const Naming& naming : change) {
            if (naming.directory == directory) {
                set_name(changed(directory).durable_names, naming);
                any = true;
            }
        }
        std::erase_if(change, [&](const Naming& naming) { return naming.directory == directory; });
    }
    if (any) {
        std::erase_if(pending_, [](const Change& change) { return change.empty(); });
    }
}

void DiskImage::fail_sync(Inode node) {
    if (kind(node) == Kind::file) {
        changed(node).dirty.clear();
    }
}

void DiskImage::cut(PowerCut how) {
    Choices choices(how.seed);
    const std::vector<Change> pending = std::exchange(pending_, {});
    for (const Change& change : pending) {
        if (keeps(how, choices) || (how.kept == Kept::newest && &change == &pending.back())) {
            for (const Naming& naming : change) {
                set_name(changed(naming.directory).durable_names, naming);
            }
        }
    }
    std::ranges::sort(touched_);
    const auto twice = std::ranges::unique(touched_);
    touched_.erase(twice.begin(), twice.end());
    for (const Inode node : std::exchange(touched_, {})) {
        if (kind(node) == Kind::file) {
            cut_file(changed(node), how, choices);
        } else {
            Node& directory = changed(node);
            directory.names = directory.durable_names;
        }
    }
    touched_.clear();
}

void DiskImage::cut_file(Node& file, PowerCut how, Choices& choices) {
    if (keeps(how, choices)) {
        file.durable_bytes.resize(file.bytes.size());
    }
    for (const Range& range : file.dirty) {
        for (std::size_t at = range.begin; at < range.end;) {
            const std::size_t next = std::min(range.end, (at / kSector + 1) * kSector);
            const std::size_t end = std::min(next, file.durable_bytes.size());
            if (keeps(how, choices) && at < end) {
                std::copy(file.bytes.data() + at, file.bytes.data() + end,
                          file.durable_bytes.data() + at);
            }
            at = next;
        }
    }
    file.dirty.clear();
    file.bytes = file.durable_bytes;
}

}  // namespace slipway::sim
