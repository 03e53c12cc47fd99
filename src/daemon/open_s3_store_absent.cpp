// In the place of open_s3_store.cpp, where a build is without S3 stores. The settings are refused
// before (built_in.cpp).
#include "daemon/open_s3_store.hpp"

namespace slipway::daemon {

Task<Result<std::unique_ptr<ports::Store>>> open_s3_store(StoreOpening with) {
    co_return failure(Errc::unsupported, "store " + with.description.name +
                                             ": this program was built without S3 stores");
}

}  // namespace slipway::daemon
