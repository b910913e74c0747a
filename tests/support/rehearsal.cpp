#include "tests/support/rehearsal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "tests/support/ledger_lines.hpp"
#include "tests/support/places.hpp"
#include "tests/support/questions.hpp"
#include "tools/mock/answers/answers.hpp"

namespace retort::test {
namespace {

constexpr char config[] = R"(run: rehearsal
run_dir: run
dataset: {{path: questions.jsonl, id: id}}
prompt: {{user: "{{{{question}}}}"}}
reference: {{template: "{{{{answer}}}}"}}
models:
  - {{provider: openai, model: fake, base_url: "{}", ca_file: ca.pem, concurrency: 8}}
evaluate: [{{json_field: {{path: answer}}}}]
output: {{rejected: true}}
retry: {{attempts: 30}}
)";

std::unique_ptr<mock::server> start_provider(const mock::options& chosen) {
  return std::move(mock::server::start(chosen)).value();
}

// The first of "1", "2", ... that is not taken.
std::string free_number(const std::string& directory) {
  int number = 1;
  while (std::filesystem::exists(fmt::format("{}/{}.output", directory, number))) ++number;
  return std::to_string(number);
}

}  // namespace

outcome finish(child_process child) {
  outcome left;
  left.status = child.wait();
  left.output = child.output();
  left.errors = child.errors();
  return left;
}

rehearsal::rehearsal(std::size_t questions, const mock::options& provider)
    : provider_(start_provider(provider)) {
  files_.file("questions.jsonl", question_rows(0, questions));
  files_.file("run.yaml", fmt::format(config, provider_->base_url()));
  trust_provider();
}

void rehearsal::trust_provider() const { files_.file("ca.pem", provider_->ca_pem()); }

std::string rehearsal::content(std::string_view name) const { return content_of(path(name)); }

std::vector<std::string> rehearsal::sorted_lines(std::string_view name) const {
  std::istringstream text(content(name));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  std::sort(lines.begin(), lines.end());
  return lines;
}

void rehearsal::replace_provider(mock::options chosen) {
  chosen.port = provider_->port();
  provider_.reset();
  provider_ = start_provider(chosen);
  trust_provider();
}

child_process rehearsal::start(std::vector<std::string> words, const start_options& how) const {
  const std::string printed = path("printed");
  std::filesystem::create_directories(printed);
  const std::string number = free_number(printed);
  command what;
  what.words = std::move(words);
  what.words.insert(what.words.begin(), in_build("retort"));
  what.environment = how.environment;
  what.directory = files_.path();
  what.output = fmt::format("{}/{}.output", printed, number);
  what.errors = fmt::format("{}/{}.errors", printed, number);
  what.input = how.input;
  return child_process(what);
}

child_process rehearsal::start_run(std::vector<std::string> flags, const start_options& how) const {
  flags.insert(flags.begin(), {"run", "run.yaml"});
  return start(std::move(flags), how);
}

outcome rehearsal::run(std::vector<std::string> flags, const start_options& how) const {
  return finish(start_run(std::move(flags), how));
}

std::size_t count_wrong(std::size_t questions, const mock::options& provider) {
  const auto answer = mock::make_answer_source(provider).value();
  std::size_t wrong = 0;
  for (std::size_t n = 0; n < questions; ++n) {
    wrong += answer(question(n), 0) != fmt::format("{{\"answer\": \"{}\"}}", right_answer(n));
  }
  return wrong;
}

}  // namespace retort::test
