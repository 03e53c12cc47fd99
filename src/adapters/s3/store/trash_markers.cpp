#include "adapters/s3/store/trash_markers.hpp"

#include <algorithm>
#include <charconv>

namespace slipway::adapters::s3 {

namespace {

constexpr std::string_view kStaged = "staged";
constexpr std::string_view kPublished = "published";
constexpr std::size_t kIdDigits = 2 * UploadId::kSize;

UploadBody body_of(std::string text) {
    return {http::stream_of(std::move(text)), {}};
}

Task<Result<>> append(std::string* text, std::span<const std::byte> bytes) {
    text->append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    co_return Result<>{};
}

Task<Result<std::string>> read_once(S3Client& client, ObjectName name) {
    std::string text;
    http::BodySink sink = [&text](std::span<const std::byte> bytes) {
        return append(&text, bytes);
    };
    const auto got = co_await client.get_object(std::move(name), std::nullopt, std::move(sink));
    if (!got) {
        co_return std::unexpected(got.error());
    }
    co_return text;
}

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return lines;
}

template <class T>
Result<> nothing_but(const Result<T>& result) {
    return result ? Result<>() : std::unexpected(result.error());
}

}  // namespace

std::string marker_name(const ports::TrashedBlob& blob) {
    const bool was_staged = blob.was == ports::BlobState::staged;
    return blob.id.to_string() + '-' + std::string(was_staged ? kStaged : kPublished) + '-' +
           std::to_string(unix_millis(blob.since));
}

std::optional<ports::TrashedBlob> parse_marker_name(std::string_view name) {
    const auto id = UploadId::parse(name.substr(0, kIdDigits));
    const auto dash = name.rfind('-');
    if (!id || dash == std::string_view::npos || dash <= kIdDigits) {
        return std::nullopt;
    }
    ports::TrashedBlob blob{.id = *id, .was = ports::BlobState::published, .since = {}};
    const std::string_view state = name.substr(kIdDigits + 1, dash - kIdDigits - 1);
    if (state == kStaged) {
        blob.was = ports::BlobState::staged;
    }
    std::int64_t millis = 0;
    const std::string_view digits = name.substr(dash + 1);
    std::from_chars(digits.data(), digits.data() + digits.size(), millis);
    blob.since = from_unix_millis(millis);
    // Whatever is not as it would have been written is none.
    return marker_name(blob) == name ? std::optional(blob) : std::nullopt;
}

Task<Result<>> TrashMarkers::put(ports::TrashedBlob blob, std::vector<std::string> uploads) {
    std::string text;
    for (const std::string& upload : uploads) {
        text += upload + '\n';
    }
    if (blob.was == ports::BlobState::published) {
        const std::scoped_lock lock(mutex_);
        published_.insert(blob.id);
    }
    const ClientPair clients = co_await access_.clients->here();
    const auto call = [&] { return clients.calls->put_object(name(blob), body_of(text)); };
    co_return nothing_but(
        co_await persist<std::string>(*clients.calls, access_.patience, Repeatable::anyway, call));
}

Task<Result<>> TrashMarkers::remove(ports::TrashedBlob blob) {
    const ClientPair clients = co_await access_.clients->here();
    const auto call = [&] { return clients.calls->delete_object(name(blob)); };
    auto removed =
        co_await persist<void>(*clients.calls, access_.patience, Repeatable::anyway, call);
    if (removed && blob.was == ports::BlobState::published) {
        const std::scoped_lock lock(mutex_);
        published_.erase(blob.id);
    }
    co_return removed;
}

Task<Result<bool>> TrashMarkers::has(ports::TrashedBlob blob) {
    const ClientPair clients = co_await access_.clients->here();
    const auto call = [&] { return clients.calls->head_object(name(blob)); };
    const auto info =
        co_await persist<ObjectInfo>(*clients.calls, access_.patience, Repeatable::anyway, call);
    if (!info && info.error().code != Errc::not_found) {
        co_return std::unexpected(info.error());
    }
    co_return info.has_value();
}

Task<Result<std::vector<ports::TrashedBlob>>> TrashMarkers::list() {
    auto blobs = co_await list_below(access_.trash());
    if (blobs) {
        remember(*blobs);
    }
    co_return blobs;
}

// All there is, so that what others purged is not remembered for ever.
void TrashMarkers::remember(const std::vector<ports::TrashedBlob>& blobs) {
    const std::scoped_lock lock(mutex_);
    published_.clear();
    for (const ports::TrashedBlob& blob : blobs) {
        if (blob.was == ports::BlobState::published) {
            published_.insert(blob.id);
        }
    }
    has_looked_ = true;
}

Task<Result<std::vector<ports::TrashedBlob>>> TrashMarkers::list_of(UploadId id) {
    co_return co_await list_below(access_.trash() + id.to_string());
}

Task<Result<std::vector<ports::TrashedBlob>>> TrashMarkers::list_below(std::string prefix) {
    const ClientPair clients = co_await access_.clients->here();
    std::vector<ports::TrashedBlob> blobs;
    ObjectQuery query{.bucket = access_.bucket,
                      .prefix = std::move(prefix),
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
        for (const ListedObject& object : page->objects) {
            const auto below = std::string_view(object.key).substr(access_.trash().size());
            if (const auto blob = parse_marker_name(below)) {
                blobs.push_back(*blob);
            }
        }
        query.page = std::move(page->next);
    } while (query.page);
    co_return blobs;
}

Task<Result<bool>> TrashMarkers::has_published(UploadId id) {
    const auto blobs = co_await list_of(id);
    if (!blobs) {
        co_return std::unexpected(blobs.error());
    }
    co_return std::ranges::find(*blobs, ports::BlobState::published, &ports::TrashedBlob::was) !=
        blobs->end();
}

Task<Result<std::vector<std::string>>> TrashMarkers::uploads_of(ports::TrashedBlob blob) {
    const ClientPair clients = co_await access_.clients->here();
    const auto call = [&] { return read_once(*clients.calls, name(blob)); };
    const auto text =
        co_await persist<std::string>(*clients.calls, access_.patience, Repeatable::anyway, call);
    if (!text && text.error().code != Errc::not_found) {
        co_return std::unexpected(text.error());
    }
    co_return lines_of(text.value_or(""));
}

Task<Result<std::vector<std::string>>> TrashMarkers::uploads_of(UploadId id) {
    auto blobs = co_await list_of(id);
    if (!blobs) {
        co_return std::unexpected(std::move(blobs.error()));
    }
    co_return co_await uploads_of(*std::move(blobs));
}

Task<Result<std::vector<std::string>>> TrashMarkers::all_uploads() {
    auto blobs = co_await list();
    if (!blobs) {
        co_return std::unexpected(std::move(blobs.error()));
    }
    co_return co_await uploads_of(*std::move(blobs));
}

Task<Result<std::vector<std::string>>> TrashMarkers::uploads_of(
    std::vector<ports::TrashedBlob> blobs) {
    std::vector<std::string> all;
    for (const ports::TrashedBlob& blob : blobs) {
        // Those of what was published are empty.
        if (blob.was == ports::BlobState::published) {
            continue;
        }
        auto uploads = co_await uploads_of(blob);
        if (!uploads) {
            co_return std::unexpected(std::move(uploads.error()));
        }
        std::ranges::move(*uploads, std::back_inserter(all));
    }
    co_return all;
}

std::optional<bool> TrashMarkers::is_remembered(UploadId id) const {
    const std::scoped_lock lock(mutex_);
    return has_looked_ ? std::optional(published_.contains(id)) : std::nullopt;
}

// Another node may have put it back since.
Task<Result<bool>> TrashMarkers::is_still_published(UploadId id) {
    const auto there = co_await has_published(id);
    if (there && !*there) {
        const std::scoped_lock lock(mutex_);
        published_.erase(id);
    }
    co_return there;
}

Task<Result<bool>> TrashMarkers::is_known_published(UploadId id) {
    if (const auto remembered = is_remembered(id)) {
        co_return *remembered ? co_await is_still_published(id) : false;
    }
    const auto blobs = co_await list();
    if (!blobs) {
        co_return std::unexpected(blobs.error());
    }
    co_return is_remembered(id).value_or(false);
}

}  // namespace slipway::adapters::s3
