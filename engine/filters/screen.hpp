// The filters that look at one sample's texts, whatever else was accepted: a jq program, what is in
// a benchmark. Immutable after making; any thread. (Those that look at what was accepted before are
// the succession.)
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "engine/config/config.hpp"
#include "engine/filters/contamination.hpp"
#include "engine/sample/sample.hpp"
#include "engine/where/jq_program.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

class screen {
 public:
  screen() = default;  // without filters
  // `run` outlives it. Reads the benchmarks. Errors name the key.
  static result<screen> make(const config& run);

  bool is_set() const { return where_ || benchmarks_; }

  struct finding {
    reject_reason reason;
    std::string detail;  // one short line, or ""
  };
  // Why a sample with a completion is rejected.
  std::optional<finding> look(const sample& of) const;

  // Of what decides besides the config and the sample; 0: nothing does.
  std::uint64_t fingerprint() const { return benchmarks_ ? benchmarks_->fingerprint() : 0; }

 private:
  std::optional<finding> ask_where(const sample& of) const;
  std::optional<finding> ask_benchmarks(const sample& of) const;

  const config* run_ = nullptr;
  std::optional<jq_program> where_;
  std::shared_ptr<const contamination> benchmarks_;
};

}  // namespace retort::engine
