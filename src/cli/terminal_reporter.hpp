// Progress for people: one line that is drawn over at most ten times a second, with lasting lines
// above it.
#pragma once

#include <chrono>
#include <string>

#include "cli/progress.hpp"
#include "cli/reporter.hpp"

namespace slipway::cli {

enum class LineDrawing {
    animated,  // a terminal that obeys ANSI sequences
    none,      // only the lasting lines
};
enum class Colour { yes, no };

class TerminalReporter final : public Reporter {
 public:
    // Everything is drawn on this descriptor, which stays the caller's.
    TerminalReporter(int descriptor, LineDrawing drawing, Colour colour);

    void expect(std::uint64_t files, std::uint64_t bytes) override;
    void started(const TransferStart& start) override;
    void resumed(const TransferStart& start) override;
    void part(const PartDone& part) override;
    void retrying(const RetryReport& retry) override;
    void completed(const TransferDone& done) override;
    void skipped(const std::string& path, const std::string& reason) override;
    void failed(const std::string& path, const Failure& failure) override;
    void notice(const std::string& text) override;
    void moved(std::int64_t bytes) override;
    void tick() override;
    void finish() override;

 private:
    void draw(std::chrono::steady_clock::time_point now);
    void erase();
    // A line that stays, above the progress.
    void print(const std::string& line);
    std::string coloured(const char* code, const std::string& text) const;

    const int descriptor_;
    const LineDrawing drawing_;
    const Colour colour_;
    ProgressState state_;
    std::uint64_t moved_ = 0;
    RateMeter rate_;
    std::chrono::steady_clock::time_point drawn_at_;
    bool visible_ = false;
};

}  // namespace slipway::cli
