// Shell completion, generated from the grammar of the command line, so that it cannot fall behind
// it.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace slipway::cli {

enum class Shell { bash, zsh, fish };

// The text that the shell reads, as from `eval "$(slipway completion bash)"`.
std::string generate_completion(const CLI::App& app, Shell shell);

}  // namespace slipway::cli
