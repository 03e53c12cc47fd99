// Records of uploads, parts and files for the catalog's tests, and short ways to call and to
// compare.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "core/event.hpp"
#include "core/upload.hpp"
#include "runtime/run_blocking.hpp"

namespace slipway::contract {

inline constexpr std::array kAllStates = {core::UploadState::open, core::UploadState::completing,
                                          core::UploadState::complete, core::UploadState::aborted,
                                          core::UploadState::expired};

// Ids that sort like their numbers; records with every member set, different for each number.
UploadId id_of(std::uint64_t number);
core::Upload upload_of(std::uint64_t number, std::string owner = "alice");
core::Part part_of(std::uint32_t number, std::uint8_t content = 1);
core::File file_of(const core::Upload& upload);
// With every member set.
core::Event event_of(std::uint64_t number);
// The upload one step on.
core::Upload advanced(core::Upload upload, core::UploadState state);

// Runs one call of a catalog to its end on the calling thread.
template <class T>
T run(Task<T> task) {
    return runtime::run_blocking(std::move(task));
}

template <class Record>
std::vector<UploadId> ids_of(const std::vector<Record>& records) {
    std::vector<UploadId> ids;
    for (const auto& record : records) {
        ids.push_back(record.id);
    }
    return ids;
}

template <class T>
testing::AssertionResult fails_with(const Result<T>& result, Errc code) {
    if (result) {
        return testing::AssertionFailure() << "succeeded";
    }
    return testing::AssertionResult(result.error().code == code)
           << to_string(result.error().code) << ": " << result.error().detail;
}

template <class T>
testing::AssertionResult succeeds(const Result<T>& result) {
    return result ? testing::AssertionSuccess()
                  : testing::AssertionFailure()
                        << to_string(result.error().code) << ": " << result.error().detail;
}

}  // namespace slipway::contract
