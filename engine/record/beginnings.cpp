#include "engine/record/beginnings.hpp"

#include <simdjson.h>

#include <memory>

#include "engine/endpoint/prefix_route.hpp"
#include "engine/prompt/record_json.hpp"
#include "providers/body/json_parser.hpp"

namespace retort::engine {

std::function<std::string(const io::row&)> beginnings_of(const shared_run& run) {
  const auto parser = std::make_shared<providers::json_parser>();
  const prompts* const by = &run.prompts.of(0);
  return [parser, by](const io::row& row) -> std::string {
    const auto record = parse_record(*parser, row.text);
    if (!row.problem.empty() || !record) return {};
    sample asked;
    asked.key.ordinal = row.ordinal;
    const auto rendered = by->render_messages(*record, asked);
    return rendered ? beginning_of(asked.messages) : std::string();
  };
}

}  // namespace retort::engine
