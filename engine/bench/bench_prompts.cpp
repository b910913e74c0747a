#include "engine/bench/bench_prompts.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <utility>

#include "engine/directory/dataset_source.hpp"
#include "engine/prompt/prompts.hpp"
#include "engine/witness/answer_check.hpp"

namespace retort::engine {
namespace {

error in_row(const io::dataset_reader& reader, const io::row& row, const std::string& why) {
  return {errc::dataset, fmt::format("{}:{}: {}", reader.file_name(row.file), row.line, why)};
}

}  // namespace

result<std::vector<asked_prompt>> prompts_of(const config& what) {
  if (!what.earlier.empty()) {
    return error{errc::usage,
                 "steps: bench asks single questions; expected a config without steps"};
  }
  auto templates = prompts::make(what);
  if (!templates) return templates.error();
  auto reader = open_dataset(what);
  if (!reader) return reader.error();
  std::vector<asked_prompt> out;
  simdjson::dom::parser parser;
  const std::size_t most =
      std::min<std::uint64_t>(most_prompts, what.dataset.limit.value_or(most_prompts));
  while (out.size() < most) {
    const auto row = reader->next();
    if (!row) return row.error();
    if (!*row) break;
    simdjson::dom::element record;
    std::string why = (*row)->problem;
    if (why.empty() && parser.parse((*row)->text).get(record)) why = "is not JSON";
    sample asked;
    if (why.empty()) {
      if (auto rendered = templates->render(record, asked); !rendered)
        why = rendered.error().message;
    }
    if (why.empty()) {
      auto messages = asked.messages;
      const auto sampling = asked.own ? asked.own->whole : sampling_of(what, 0);
      std::shared_ptr<const asked_record> own;
      if (!what.evaluate.empty()) {
        own = std::make_shared<asked_record>(std::move(asked), std::string((*row)->text));
      }
      out.push_back({std::move(messages), sampling, std::move(own)});
    } else if (what.dataset.on_error == on_error::fail) {
      return in_row(*reader, **row, why);
    }
  }
  if (out.empty()) return error{errc::usage, "the dataset has no record to ask about"};
  return out;
}

}  // namespace retort::engine
