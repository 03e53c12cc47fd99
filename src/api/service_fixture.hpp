// ServiceFixture: the whole service over memory adapters, called without a socket, with API keys of
// several kinds. Tests only.
#pragma once

#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <optional>
#include <string>
#include <utility>

#include "adapters/memory/memory_api_keys.hpp"
#include "adapters/memory/memory_rate_limiter.hpp"
#include "api/service.hpp"
#include "engine/access/own_ring.hpp"
#include "hash/digester.hpp"
#include "support/engine_rig.hpp"
#include "support/request_rig.hpp"

namespace slipway::api {

class ServiceFixture : public ::testing::Test {
 protected:
    struct Answer {
        unsigned status;
        std::string body;
        int reads;
        http::Headers headers;

        boost::json::object json() const {
            boost::system::error_code error;
            const auto value = boost::json::parse(body, error);
            return value.is_object() ? value.get_object() : boost::json::object();
        }
        std::string error() const { return text("error"); }
        std::string text(const char* member) const {
            const auto object = json();
            const auto* value = object.if_contains(member);
            return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                          : std::string();
        }
    };
    using Fields = std::vector<std::pair<std::string, std::string>>;

    ServiceFixture() { health_.set_started(); }

    Answer call(http::Method method, const std::string& target,
                const std::optional<std::string>& authorization = {}, std::string text = {},
                const Fields& fields = {}) {
        testing::RequestRig asked(method, target, std::move(text));
        auto& headers = asked.request.head.headers;
        if (authorization) {
            headers.add("Authorization", *authorization);
        }
        for (const auto& [name, value] : fields) {
            headers.add(name, value);
        }
        const auto response = rig_.run(service_.handle(asked.request));
        const auto* content = std::get_if<std::string>(&response.body);
        return {response.status, content == nullptr ? "" : *content, asked.body.reads,
                response.headers};
    }

    engine::IssuedKey issue(std::string principal, core::Scopes scopes,
                            std::optional<std::chrono::seconds> expires_in = {}) {
        return *rig_.run(keys_.issue("test", {std::move(principal), scopes, expires_in}));
    }
    std::string bearer(std::string principal, core::Scopes scopes) {
        return "Bearer " + issue(std::move(principal), scopes).text;
    }

    testing::EngineRig rig_;
    adapters::memory::MemoryApiKeys key_store_;
    engine::KeyRing keys_{hash::sha256(std::as_bytes(std::span(std::string_view("right")))),
                          key_store_, rig_.clock, rig_.random};
    PartUrls urls_{rig_.signer, {}};
    FormUrls form_urls_{engine::FormSigner({"test", {std::byte{1}}}), {}};
    admin::Health health_;
    adapters::memory::MemoryRateLimiter rates_{rig_.clock};
    engine::Throttle throttle_{rates_, {}};
    engine::SigningKeyRing ring_{engine::RingKeys{
        {engine::SigningKeys::make_key(rig_.random), rig_.clock.wall(), std::nullopt}}};
    engine::OwnRing keeper_{{.ring = ring_, .random = rig_.random, .keep = keep_nowhere}};
    engine::SigningKeys signing_keys_{{.ring = ring_, .keeper = keeper_, .clock = rig_.clock}};
    Service service_{rig_.world, keys_,         urls_,     form_urls_,
                     health_,    rig_.registry, throttle_, signing_keys_};

 private:
    static Task<Result<>> keep_nowhere(engine::RingKeys) { co_return Result<>(); }
};

}  // namespace slipway::api
