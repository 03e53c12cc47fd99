// MessageSender: hands messages to Kafka and says of each what became of it (Producer, and its
// double in tests).
#pragma once

#include "adapters/kafka/message.hpp"
#include "base/result.hpp"
#include "runtime/one_shot.hpp"

namespace slipway::adapters::kafka {

class MessageSender {
 public:
    virtual ~MessageSender() = default;

    // The outcome is delivered in any case. A value: the brokers have it, durably as they are set.
    // unavailable: not within the delivery timeout; they may have it all the same, as with
    // cancelled: stopped before. throttled: too many are waiting. Messages of one key that are
    // under way at the same time may change places when one of them fails. Thread-safe.
    virtual runtime::OneShot<Result<>> send(Message message) = 0;
};

}  // namespace slipway::adapters::kafka
