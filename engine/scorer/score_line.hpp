// What a scoring command is asked and what it answers: a JSON object each, on a line of its own.
// Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "io/base/error.hpp"

namespace retort::engine {

struct score_request {
  std::string id, prompt, completion;
  std::optional<std::string> reference;
};

// {"id":...,"prompt":...,"completion":...,"reference":...} and a line break; null without a
// reference.
std::string score_line(const score_request& what);

struct score_answer {
  std::optional<double> score;  // in [0,1]; none where the command says null
  std::string detail;           // one short line
  bool is_named = false;        // it has the request's id
};

// From {"score":0.5,"detail":"..."}: the detail may be missing, other members are passed over. A
// member "id" must be the request's: an answer to another would be a wrong score. errc::protocol
// with what came and what was expected.
result<score_answer> read_score(std::string_view line, std::string_view id);

}  // namespace retort::engine
