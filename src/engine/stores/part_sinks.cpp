#include "engine/stores/part_sinks.hpp"

#include <utility>

#include "telemetry/log.hpp"

namespace slipway::engine {

std::string_view PartSinks::store_of(std::uint32_t blob) const {
    return upload_.blobs[blob].storage_node;
}

void PartSinks::note(std::uint32_t blob, const Error& error) {
    last_ = error;
    world_.stores.note(store_of(blob), Result<>(std::unexpected(error)));
    telemetry::log(telemetry::Level::warn, "part_copy_failed",
                   {{"upload_id", upload_.id.to_string()},
                    {"store", store_of(blob)},
                    {"detail", error.detail}});
}

Task<Result<>> PartSinks::open(std::vector<std::uint32_t> blobs, ports::PartRegion region,
                               PartPlace place) {
    for (const std::uint32_t blob : blobs) {
        ports::BlobRef ref{upload_.id, upload_.blobs[blob].placement};
        ports::Store& store = world_.stores.at(store_of(blob));
        auto sink = co_await open_part_at(store, std::move(ref), region, place);
        if (sink) {
            sinks_.push_back({blob, std::move(*sink)});
        } else {
            note(blob, sink.error());
        }
    }
    co_return sinks_.empty() ? std::unexpected(last_) : Result<>();
}

Task<Result<>> PartSinks::write(std::span<const std::byte> bytes) {
    for (auto one = sinks_.begin(); one != sinks_.end();) {
        const auto written = co_await one->sink->write(bytes);
        if (!written) {
            note(one->blob, written.error());
        }
        one = written ? one + 1 : sinks_.erase(one);
    }
    co_return sinks_.empty() ? std::unexpected(last_) : Result<>();
}

Task<Result<std::vector<core::PartCopy>>> PartSinks::commit() {
    std::vector<core::PartCopy> copies;
    for (One& one : sinks_) {
        auto receipt = co_await one.sink->commit();
        if (receipt) {
            world_.stores.note(store_of(one.blob), receipt);
            copies.push_back({one.blob, *std::move(receipt)});
        } else {
            note(one.blob, receipt.error());
        }
    }
    if (copies.empty()) {
        co_return std::unexpected(last_);
    }
    if (copies.size() < world_.options.replicas) {
        world_.metrics.parts_short_of_copies.add();
    }
    co_return copies;
}

}  // namespace slipway::engine
