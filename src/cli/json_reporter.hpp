// JSON lines: one event a line, written at once, so that a program that reads them is up to date.
#pragma once

#include <boost/json/object.hpp>

#include "cli/reporter.hpp"

namespace slipway::cli {

class JsonReporter final : public Reporter {
 public:
    // Lines go to this descriptor, which stays the caller's.
    explicit JsonReporter(int descriptor) : descriptor_(descriptor) {}

    void expect(std::uint64_t, std::uint64_t) override {}
    void started(const TransferStart& start) override;
    void resumed(const TransferStart& start) override;
    void part(const PartDone& part) override;
    void retrying(const RetryReport& retry) override;
    void completed(const TransferDone& done) override;
    void skipped(const std::string& path, const std::string& reason) override;
    void failed(const std::string& path, const Failure& failure) override;
    void notice(const std::string& text) override;
    void moved(std::int64_t) override {}
    void tick() override {}
    void finish() override {}

 private:
    void write(const boost::json::object& event) const;
    const int descriptor_;
};

}  // namespace slipway::cli
