// ObjectReader: the bytes of an object, read over open GETs. What is read in order comes from one
// answer after the other, each for a longer range; nothing is read ahead but what the connection
// holds.
#pragma once

#include <memory>
#include <mutex>

#include "adapters/s3/store/store_access.hpp"
#include "ports/store.hpp"
#include "runtime/byte_channel.hpp"

namespace slipway::adapters::s3 {

class ObjectReader final : public ports::BlobReader {
 public:
    static constexpr ByteCount kUsualWindow = 1_MiB;

    // `access` outlives it. `window`: how much is asked for at first.
    ObjectReader(StoreAccess& access, ObjectName name, const ObjectInfo& info,
                 ByteCount window = kUsualWindow);
    ~ObjectReader() override;
    ObjectReader(const ObjectReader&) = delete;
    ObjectReader& operator=(const ObjectReader&) = delete;

    ByteCount size() const override { return size_; }
    // conflict: the object is another by now. not_found: it was removed.
    Task<Result<std::size_t>> read_at(ByteOffset offset, std::span<std::byte> out) override;
    std::optional<int> descriptor() const override { return std::nullopt; }
    Task<std::optional<std::string>> direct_url(ports::DirectDownload how) override;

 private:
    // An answer of which bytes are left to take.
    class Answer;
    using AnswerPtr = std::unique_ptr<Answer>;

    Task<runtime::Tried<std::size_t>> try_read(ByteOffset offset, std::span<std::byte> out);
    Task<AnswerPtr> ask(ByteRange range, ClientPair clients);
    AnswerPtr take_answer(ByteOffset offset, const S3Client& client);
    ByteRange range_for(ByteOffset offset, std::size_t wanted);
    void keep(AnswerPtr answer);

    StoreAccess& access_;
    const ObjectName name_;
    const std::string etag_;
    const ByteCount size_;
    const ByteCount first_window_;
    std::mutex mutex_;
    AnswerPtr kept_;
    ByteOffset asked_up_to_;  // the end of the range that was asked for last
    ByteCount window_;        // and its length
};

}  // namespace slipway::adapters::s3
