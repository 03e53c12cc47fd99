// In the place of consul_client.cpp, where a build is without Consul.
#include "adapters/consul/consul_client.hpp"

namespace slipway::adapters::consul {

namespace {

std::unexpected<Error> absent() {
    return failure(Errc::unsupported, "this program was built without Consul (SLIPWAY_CONSUL)");
}

}  // namespace

ConsulClient::ConsulClient(ConsulOptions options) : options_(std::move(options)), client_({}) {}

Task<Result<>> ConsulClient::register_service(ServiceRegistration, FirstStatus) {
    co_return absent();
}

Task<Result<>> ConsulClient::deregister_service(std::string) {
    co_return absent();
}

Task<Result<bool>> ConsulClient::knows_service(std::string) {
    co_return absent();
}

Task<Result<Indexed<std::vector<ServiceInstance>>>> ConsulClient::passing(std::string,
                                                                          QueryPosition) {
    co_return absent();
}

Task<Result<Indexed<std::vector<KvEntry>>>> ConsulClient::read_tree(std::string, QueryPosition) {
    co_return absent();
}

Task<Result<std::string>> ConsulClient::create_session(SessionRequest) {
    co_return absent();
}

Task<Result<bool>> ConsulClient::renew_session(std::string) {
    co_return absent();
}

Task<Result<>> ConsulClient::destroy_session(std::string) {
    co_return absent();
}

Task<Result<bool>> ConsulClient::acquire(std::string, std::string, std::string) {
    co_return absent();
}

Task<Result<KvLock>> ConsulClient::read_lock(std::string) {
    co_return absent();
}

}  // namespace slipway::adapters::consul
