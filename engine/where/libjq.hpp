// libjq's header, which forgets that C++ calls names otherwise than C, and who owns its objects.
#pragma once

extern "C" {
#include <jq.h>
}

#include <memory>
#include <string>

namespace retort::engine {

struct free_jq {
  void operator()(jq_state* one) const { jq_teardown(&one); }
};
using jq_owner = std::unique_ptr<jq_state, free_jq>;

// A value as text: a string's own, else its JSON. Consumes it, as most of libjq does.
inline std::string jq_text(jv value) {
  const jv text = jv_get_kind(value) == JV_KIND_STRING ? value : jv_dump_string(value, 0);
  std::string out(jv_string_value(text));
  jv_free(text);
  return out;
}

}  // namespace retort::engine
