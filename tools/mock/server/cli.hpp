// The options of `retort mock` as command-line flags.
#pragma once

#include "tools/mock/faults/options.hpp"

namespace CLI {
class App;
}

namespace retort::mock {

// Adds one flag per option to `app`, with help; parsing writes into `target`, which must outlive
// it. What the options must agree on among themselves is left to server::start.
void add_mock_options(CLI::App& app, options& target);

}  // namespace retort::mock
