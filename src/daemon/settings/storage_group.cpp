// Where bytes lie, and what is done to them in the background.
#include <chrono>
#include <string_view>

#include "daemon/settings/setting_groups.hpp"
#include "daemon/settings/setting_kinds.hpp"

namespace slipway::daemon {

namespace {

Setting small_parts_setting() {
    return {
        "storage.small_parts", ValueKind::text,
        "auto, disk or store: where parts wait that are too small for an S3 store; auto: in the "
        "store where metadata.kind is mariadb",
        [](Config& config, std::string_view text) -> Reason {
            if (text != "auto" && text != "disk" && text != "store") {
                return "must be auto, disk or store";
            }
            config.storage.small_parts = std::string(text);
            return std::nullopt;
        },
        [](const Config& config) { return config.storage.small_parts; }};
}

}  // namespace

void add_storage(std::vector<Setting>& all) {
    all.push_back(text_setting("storage.data_dir", "where everything is kept",
                               [](auto& c) -> auto& { return c.storage.data_dir; }));
    all.push_back(size_setting(
        "storage.min_free",
        "room that uploads may not take; 0: 1GiB, or 1% of the disk where that is less", 0_B,
        [](auto& c) -> auto& { return c.storage.min_free; }));
    all.push_back(number_setting("storage.io_threads", "threads for blocking disk calls", 1, 256,
                                 [](auto& c) -> auto& { return c.storage.io_threads; }));
    all.push_back(small_parts_setting());
}

namespace {

Setting lost_parts_setting() {
    return {"stores.lost_parts", ValueKind::text,
            "resend or wait: what becomes of parts whose stores are down",
            [](Config& config, std::string_view text) -> Reason {
                if (text != "resend" && text != "wait") {
                    return "must be resend or wait";
                }
                config.placing.wait_for_lost_parts = text == "wait";
                return std::nullopt;
            },
            [](const Config& config) {
                return std::string(config.placing.wait_for_lost_parts ? "wait" : "resend");
            }};
}

}  // namespace

void add_stores(std::vector<Setting>& all) {
    all.push_back(number_setting("stores.replicas",
                                 "stores that each part is written to before it is acknowledged", 1,
                                 4, [](auto& c) -> auto& { return c.placing.replicas; }));
    all.push_back(lost_parts_setting());
}

void add_upkeep(std::vector<Setting>& all) {
    using namespace std::chrono_literals;
    constexpr auto kYear = std::chrono::milliseconds(24h * 366);
    all.push_back(duration_setting(
        "storage.trash_keep", "how long deleted files and orphans stay in the trash; 0s: no trash",
        0ms, kYear, [](auto& c) -> auto& { return c.storage.trash_keep; }));
    all.push_back(duration_setting("storage.orphan_age",
                                   "how long bytes must be without a record to be trashed", 1s,
                                   kYear, [](auto& c) -> auto& { return c.storage.orphan_age; }));
    all.push_back(duration_setting("storage.upkeep_interval",
                                   "between two looks at the trash and for orphans", 100ms, 24h,
                                   [](auto& c) -> auto& { return c.storage.upkeep_interval; }));
    all.push_back(size_setting("storage.scrub_rate",
                               "bytes a second that the scrubber reads; 0: as many as it can", 0_B,
                               [](auto& c) -> auto& { return c.storage.scrub_rate; }));
    all.push_back(duration_setting("storage.scrub_interval",
                                   "between two readings of every stored file", 100ms, kYear,
                                   [](auto& c) -> auto& { return c.storage.scrub_interval; }));
    all.push_back(duration_setting("storage.copy_scan_interval",
                                   "between two looks for files that lack their copy", 100ms, kYear,
                                   [](auto& c) -> auto& { return c.storage.copy_scan_interval; }));
    all.push_back(number_setting("tasks.workers", "background tasks at a time", 1, 64,
                                 [](auto& c) -> auto& { return c.tasks.workers; }));
    all.push_back(duration_setting("tasks.poll", "how late a task that is due is noticed at most",
                                   10ms, 1h, [](auto& c) -> auto& { return c.tasks.poll; }));
    all.push_back(duration_setting(
        "tasks.lease",
        "how long the tasks of a server that died wait for another, where several share them", 1s,
        1h, [](auto& c) -> auto& { return c.tasks.lease; }));
}

}  // namespace slipway::daemon
