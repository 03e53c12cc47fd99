// Quotas: what a principal may have, what is in use of it, and the administrator's changes of that.
// They are enforced by the commits that create (ports/catalog.hpp).
#pragma once

#include <optional>
#include <string>

#include "core/quota.hpp"
#include "engine/outcome.hpp"
#include "engine/world.hpp"

namespace slipway::engine {

struct QuotaStatus {
    core::Usage usage;
    core::Quota quota;    // that is in force
    bool is_own = false;  // it was set for this principal
};

class Quotas {
 public:
    explicit Quotas(World& world) : world_(world) {}

    // Of any name: one that never did anything uses nothing.
    Task<Outcome<QuotaStatus>> status(RequestContext context, std::string principal);
    // A look before anything is done for what would be added: quota_exceeded. The commit decides.
    Task<Outcome<>> require(RequestContext context, std::string principal, core::Usage added);
    // Nothing: the standard is in force again.
    Task<Outcome<>> set(RequestContext context, std::string principal,
                        std::optional<core::Quota> quota);

 private:
    World& world_;
};

}  // namespace slipway::engine
