// Whether a catalog counts right: what is on record, summed up anew, against the usage it tells.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "core/quota.hpp"
#include "ports/catalog.hpp"

namespace slipway::testing {

using OwnersUsage = std::map<std::string, core::Usage>;

// What the recorded parts of an upload count besides it.
inline Task<Result<core::Usage>> parts_of_record(ports::Catalog& catalog, core::Upload upload) {
    core::Usage sum;
    if (upload.state == core::UploadState::open || upload.state == core::UploadState::completing) {
        const auto parts = co_await catalog.list_parts(upload.id);
        if (!parts) {
            co_return std::unexpected(parts.error());
        }
        for (const core::Part& part : *parts) {
            sum = sum + core::usage_of(upload.plan, part);
        }
    }
    co_return sum;
}
inline Task<Result<core::Usage>> parts_of_record(ports::Catalog&, core::File) {
    co_return core::Usage();
}

template <class List>
Task<Result<>> sum_up(ports::Catalog& catalog, OwnersUsage& sums, List list) {
    ports::PageRequest request;
    do {
        const auto page = co_await list(request);
        if (!page) {
            co_return std::unexpected(page.error());
        }
        for (const auto& record : page->items) {
            const auto parts = co_await parts_of_record(catalog, record);
            if (!parts) {
                co_return std::unexpected(parts.error());
            }
            sums[record.owner] = sums[record.owner] + core::usage_of(record) + *parts;
        }
        request.after = page->next;
    } while (request.after);
    co_return Result<>();
}

// Empty: it does, for every owner of a record and for these. While nothing is being changed.
inline Task<std::string> complaint_about_usage(ports::Catalog& catalog,
                                               std::set<std::string> owners = {}) {
    OwnersUsage sums;
    for (const auto& owner : owners) {
        sums[owner] = {};
    }
    for (const auto state :
         {core::UploadState::open, core::UploadState::completing, core::UploadState::complete,
          core::UploadState::aborted, core::UploadState::expired}) {
        const auto list = [&catalog, state](ports::PageRequest request) {
            return catalog.list_uploads(state, request);
        };
        if (const auto summed = co_await sum_up(catalog, sums, list); !summed) {
            co_return "uploads cannot be listed: " + summed.error().detail;
        }
    }
    const auto list_files = [&catalog](ports::PageRequest request) {
        return catalog.list_all_files(request);
    };
    if (const auto summed = co_await sum_up(catalog, sums, list_files); !summed) {
        co_return "files cannot be listed: " + summed.error().detail;
    }
    for (const auto& [owner, sum] : sums) {
        const auto told = co_await catalog.find_usage(owner);
        if (!told) {
            co_return "usage cannot be read: " + told.error().detail;
        }
        if (*told != sum) {
            co_return "the usage of '" + owner +
                "' is not what is on record: " + std::to_string(told->bytes) + " bytes, " +
                std::to_string(told->files) + " files, " + std::to_string(told->open_uploads) +
                " open uploads are told, and " + std::to_string(sum.bytes) + ", " +
                std::to_string(sum.files) + ", " + std::to_string(sum.open_uploads) + " are there";
        }
    }
    co_return std::string();
}

}  // namespace slipway::testing
