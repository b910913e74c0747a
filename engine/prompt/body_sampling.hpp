// The sampling that a row brings: what the `body` of a line of OpenAI's batch input says, over the
// variant's. Immutable after making; any thread.
#pragma once

#include <simdjson.h>

#include <string>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/sample/sample.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

class body_sampling {
 public:
  // Of what `asked`, a run or one of its steps, asks; what varies there stays as it is.
  explicit body_sampling(const config& asked);

  // As the sample's variant is asked; nothing where the body says nothing. errc::dataset names the
  // member that is wrong, or that the variant's API or model does not take.
  result<void> take(simdjson::dom::element record, sample& into) const;

 private:
  std::vector<model_config> models_;
  std::vector<providers::sampling> sampling_;  // by combination of what varies, at least one
  std::vector<std::string> fixed_;             // keys that vary: "temperature"
};

}  // namespace retort::engine
