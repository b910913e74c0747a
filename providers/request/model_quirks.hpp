// What single models do not take, from configs/model_quirks.yaml as it was when retort was built.
// Immutable; any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "io/base/error.hpp"
#include "providers/body/types.hpp"
#include "providers/request/sampling_keys.hpp"

namespace retort::providers {

struct model_quirks {
  std::string max_tokens_as = "max_tokens";  // the name in OpenAI's own APIs
  std::map<sampling_key, double> only = {};
  sampling_key_set refuses = {};
  sampling_key_set without_effort = {};   // taken with no effort alone
  sampling_key_set not_both = {};         // one of these is taken
  std::vector<std::string> efforts = {};  // that are taken; all when empty
  std::map<sampling_key, double> least = {};
  std::map<sampling_key, std::string> doubtful = {};  // what is known of a key that may be refused
  // What is known of earlier calls without what was thought before them, and without its signature.
  std::string calls_without_thoughts = {}, calls_without_signature = {};
};

// Those of the model, by its name; a model that the table does not know has none. A table's lookup
// once it was asked for: building a request asks every time.
const model_quirks& quirks_of(std::string_view model);

// What the model may refuse of a conversation; "" where nothing is known.
std::string conversation_doubt(std::string_view model, const std::vector<message>& messages);

// Whether the table can be read; errc::usage with the line that cannot. For a test: the table is
// ours, and where it is broken no model has quirks.
result<void> check_model_quirks();

}  // namespace retort::providers
