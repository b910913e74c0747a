// The gates of a run: one for each of model_entries(), before its endpoints. The engine's thread.
#pragma once

#include <memory>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/endpoint/admission.hpp"
#include "engine/endpoint/endpoint.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// `endpoints` are those of make_endpoints(); `money`, if there is a budget, outlives the gates.
// errc::usage when the budget is in dollars and a model's price is not known.
result<std::vector<std::unique_ptr<admission>>> make_gates(
    const config& run, std::vector<std::unique_ptr<endpoint>> endpoints, io::executor on,
    purse* money);

}  // namespace retort::engine
