// In the place of store_commands.cpp, where a build is without S3 stores.
#include "cli/store/store_commands.hpp"

namespace slipway::cli {

Task<ExitCode> run_store(std::string, StoreOptions, OutputForm) {
    co_return exit_code_of(
        fail(ExitCode::usage, "this program was built without S3 stores (SLIPWAY_S3)"));
}

}  // namespace slipway::cli
