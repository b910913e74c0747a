// The gates of a run: one for each of model_entries(), before its endpoints. The engine's thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/endpoint/admission.hpp"
#include "engine/endpoint/endpoint.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// Under a budget, who may answer at any length: it is hard only where that is bounded. One line of
// warning each.
std::vector<std::string> warn_of_unbounded_answers(const config& run);

// `endpoints` are those of make_endpoints(); `money`, if there is a budget, outlives the gates.
// errc::usage when the budget is in dollars and a model's price is not known, or not that of the
// service tier that sampling.extra asks for.
result<std::vector<std::unique_ptr<admission>>> make_gates(
    const config& run, std::vector<std::unique_ptr<endpoint>> endpoints, io::executor on,
    purse* money);

}  // namespace retort::engine
