// The calls of the fake, one function for each. A function gets the state that it may change; what
// it throws is the error that the call is answered with.
#pragma once

#include "s3fake/fake_message.hpp"
#include "s3fake/fake_options.hpp"
#include "s3fake/fake_state.hpp"

namespace slipway::s3fake {

struct CallContext {
    const FakeRequest& request;
    FakeState& state;
    const FakeOptions& options;
    WallTime now;

    // Throws NoSuchBucket.
    FakeBucket& bucket() const;
    // Throws NoSuchUpload, also where the upload is of another key.
    FakeUpload& upload() const;
};

std::string md5_hex(std::string_view bytes);
std::string quoted(std::string_view etag);
// The page size and other numbers of a query. Throws InvalidArgument.
std::uint64_t number_parameter(const FakeRequest& request, std::string_view name,
                               std::uint64_t fallback, std::uint64_t most);
http::Headers attributes_of(const FakeRequest& request);
// "bytes=0-9" over so many bytes. Throws InvalidRange, InvalidArgument.
struct Slice {
    std::size_t first;
    std::size_t count;
};
Slice slice_of(std::string_view range, std::size_t size);
// Throws PreconditionFailed where If-None-Match: * forbids it.
void check_condition(const CallContext& call, Condition condition);

FakeAnswer list_buckets(const CallContext& call);
FakeAnswer create_bucket(const CallContext& call);
FakeAnswer head_bucket(const CallContext& call);
FakeAnswer delete_bucket(const CallContext& call);
FakeAnswer put_configuration(const CallContext& call);
FakeAnswer get_configuration(const CallContext& call);

FakeAnswer put_object(const CallContext& call);
FakeAnswer get_object(const CallContext& call);
FakeAnswer delete_object(const CallContext& call);
FakeAnswer list_objects(const CallContext& call);

FakeAnswer create_multipart(const CallContext& call);
FakeAnswer upload_part(const CallContext& call);
FakeAnswer copy_part(const CallContext& call);
FakeAnswer list_parts(const CallContext& call);
FakeAnswer complete_multipart(const CallContext& call);
FakeAnswer abort_multipart(const CallContext& call);
FakeAnswer list_multiparts(const CallContext& call);

}  // namespace slipway::s3fake
