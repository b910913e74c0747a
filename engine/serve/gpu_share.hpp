// Which GPUs each server of a model entry gets, of those that this task has. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/config.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// What the environment says of GPUs: CUDA_VISIBLE_DEVICES (indices, or names as GPU-3a1..., by
// commas; what stands behind one that is empty or -1 does not count, as NVIDIA's library has it),
// and where that is not set SLURM_GPUS_ON_NODE, a number. Nothing known: none.
std::vector<std::string> gpus_of(std::optional<std::string_view> visible,
                                 std::optional<std::string_view> slurm);

// The value of CUDA_VISIBLE_DEVICES of each of the entry's servers, "" where nothing is known of
// GPUs; what they take is gone from `left`. `is_none_known`: there never were any. errc::usage when
// there are too few.
result<std::vector<std::string>> deal_gpus(const serve_config& to, bool is_none_known,
                                           std::vector<std::string>& left);

}  // namespace retort::engine
