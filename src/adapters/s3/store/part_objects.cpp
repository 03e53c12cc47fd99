#include "adapters/s3/store/part_objects.hpp"

#include <array>
#include <charconv>
#include <memory>

#include "base/encoding.hpp"
#include "runtime/group.hpp"

namespace slipway::adapters::s3 {

namespace {

constexpr std::size_t kIdDigits = 2 * UploadId::kSize;
constexpr std::size_t kNameDigits = 32;
constexpr std::string_view kGroup = "parts:";
constexpr std::string_view kEmpty = "empty";
// So many are removed at once.
constexpr unsigned kInFlight = 8;

bool is_name(std::string_view text) {
    return text.size() == kNameDigits &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// What several remove together; the first failure ends all.
struct Removal {
    std::vector<ListedObject> objects;
    std::size_t next = 0;
    Result<> outcome;
};

// With a share in all that it works with: where a loop ends, what waits on it is destroyed in any
// order.
Task<void> remove_in_turn(const StoreAccess* access, std::shared_ptr<S3Client> client,
                          std::shared_ptr<Removal> removal) {
    while (removal->next < removal->objects.size() && removal->outcome) {
        const ObjectName name = access->object(removal->objects[removal->next++].key);
        const auto call = [&] { return client->delete_object(name); };
        auto removed = co_await persist<void>(*client, access->patience, Repeatable::anyway, call);
        if (!removed && removal->outcome) {
            removal->outcome = std::move(removed);
        }
    }
}

}  // namespace

std::string random_name(ports::Random& random) {
    std::array<std::byte, kNameDigits / 2> bytes{};
    random.fill(bytes);
    return encode_hex(bytes);
}

std::string PartGroup::as_upload() const {
    return std::string(kGroup) + token;
}

std::optional<PartGroup> PartGroup::of_upload(UploadId id, std::string_view name) {
    if (!name.starts_with(kGroup) || !is_name(name.substr(kGroup.size()))) {
        return std::nullopt;
    }
    return PartGroup{id, std::string(name.substr(kGroup.size()))};
}

// "OFFSET-NONCE ETAG", or "empty".
std::string format_receipt(const PartReceipt& receipt) {
    if (receipt.nonce.empty()) {
        return std::string(kEmpty);
    }
    return std::to_string(receipt.offset.value()) + '-' + receipt.nonce + ' ' + receipt.etag;
}

std::optional<PartReceipt> parse_receipt(std::string_view text) {
    if (text == kEmpty) {
        return PartReceipt{};
    }
    const auto dash = text.find('-');
    const auto space = text.find(' ');
    std::uint64_t offset = 0;
    if (dash == std::string_view::npos || space == std::string_view::npos || space < dash) {
        return std::nullopt;
    }
    const char* const end = text.data() + dash;
    const auto read = std::from_chars(text.data(), end, offset);
    const std::string_view nonce = text.substr(dash + 1, space - dash - 1);
    if (read.ec != std::errc{} || read.ptr != end || !is_name(nonce)) {
        return std::nullopt;
    }
    return PartReceipt{ByteOffset(offset), std::string(nonce), std::string(text.substr(space + 1))};
}

ObjectName PartObjects::name(const StoreAccess& access, const PartGroup& group,
                             const PartReceipt& receipt) {
    return access.object(access.parts() + group.id.to_string() + '-' + group.token + '/' +
                         std::to_string(receipt.offset.value()) + '-' + receipt.nonce);
}

std::string PartObjects::folder_of(const PartGroup& group) const {
    return folder() + group.id.to_string() + '-' + group.token + '/';
}

Task<Result<std::vector<PartGroup>>> PartObjects::list() {
    co_return co_await list_below(folder());
}

Task<Result<std::vector<PartGroup>>> PartObjects::list_of(UploadId id) {
    co_return co_await list_below(folder() + id.to_string() + '-');
}

Task<Result<std::vector<PartGroup>>> PartObjects::list_below(std::string prefix) {
    const ClientPair clients = co_await access_.clients->here();
    std::vector<PartGroup> groups;
    ObjectQuery query{.bucket = access_.bucket,
                      .prefix = std::move(prefix),
                      .delimiter = "/",
                      .after = "",
                      .page = {}};
    do {
        const auto call = [&] { return clients.calls->list_objects(query); };
        auto page = co_await persist<ObjectPage>(*clients.calls, access_.patience,
                                                 Repeatable::anyway, call);
        if (!page) {
            co_return std::unexpected(std::move(page.error()));
        }
        for (const std::string& key : page->prefixes) {
            // "ID-TOKEN/"; whatever is not as it would have been written is none.
            const std::string_view below = std::string_view(key).substr(folder().size());
            const auto id = UploadId::parse(below.substr(0, kIdDigits));
            if (id && below.size() == kIdDigits + kNameDigits + 2 && below[kIdDigits] == '-' &&
                is_name(below.substr(kIdDigits + 1, kNameDigits))) {
                groups.push_back({*id, std::string(below.substr(kIdDigits + 1, kNameDigits))});
            }
        }
        query.page = std::move(page->next);
    } while (query.page);
    co_return groups;
}

// Whatever is not named as it would have been written is none.
Task<Result<std::vector<PartObjects::Found>>> PartObjects::objects_of(PartGroup group) {
    const ClientPair clients = co_await access_.clients->here();
    const std::string prefix = folder_of(group);
    ObjectQuery query{
        .bucket = access_.bucket, .prefix = prefix, .delimiter = "", .after = "", .page = {}};
    std::vector<Found> found;
    do {
        const auto call = [&] { return clients.calls->list_objects(query); };
        auto page = co_await persist<ObjectPage>(*clients.calls, access_.patience,
                                                 Repeatable::anyway, call);
        if (!page) {
            co_return std::unexpected(std::move(page.error()));
        }
        for (const ListedObject& object : page->objects) {
            const std::string_view name = std::string_view(object.key).substr(prefix.size());
            if (auto receipt = parse_receipt(std::string(name) + ' ' + object.etag)) {
                found.push_back({std::move(*receipt), object.size});
            }
        }
        query.page = std::move(page->next);
    } while (query.page);
    co_return found;
}

Task<Result<>> PartObjects::remove(PartGroup group) {
    const ClientPair clients = co_await access_.clients->here();
    ObjectQuery query{.bucket = access_.bucket,
                      .prefix = folder_of(group),
                      .delimiter = "",
                      .after = "",
                      .page = {}};
    do {
        const auto call = [&] { return clients.calls->list_objects(query); };
        auto page = co_await persist<ObjectPage>(*clients.calls, access_.patience,
                                                 Repeatable::anyway, call);
        if (!page) {
            co_return std::unexpected(std::move(page.error()));
        }
        query.page = std::move(page->next);
        if (auto removed = co_await remove_all(std::move(page->objects)); !removed) {
            co_return removed;
        }
    } while (query.page);
    co_return Result<>{};
}

Task<Result<>> PartObjects::remove_all(std::vector<ListedObject> objects) {
    const ClientPair clients = co_await access_.clients->here();
    const auto removal = std::make_shared<Removal>();
    removal->objects = std::move(objects);
    const auto group = co_await runtime::Group::open();
    for (unsigned i = 0; i < kInFlight; ++i) {
        group->spawn(remove_in_turn(&access_, clients.calls, removal));
    }
    co_await group->wait();
    co_return std::move(removal->outcome);
}

}  // namespace slipway::adapters::s3
