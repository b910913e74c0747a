// The records of one run without the conductor around them, for tests of what happens to a record:
// the test decides how far things go, and wakes sleepers instead of waiting for their time.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/record/record.hpp"
#include "engine/run/feeder.hpp"
#include "tests/support/answering_peer.hpp"
#include "tests/support/plain_views.hpp"
#include "tests/support/samples.hpp"
#include "tests/support/temporary_directory.hpp"

namespace retort::test {

using namespace retort::engine;

inline const std::string key = "sk-proj-0123456789abcdef";

class record_rig {
 public:
  explicit record_rig(answering_peer::answer how) : peer(context.get_executor(), std::move(how)) {
    settings.dataset.id = "id";
    settings.prompt.user = "{{question}}";
    settings.reference = {"{{answer}}", {}};
    settings.evaluate.resize(1);
    settings.evaluate[0].kind = "numeric";
    settings.models.resize(1);
    settings.models[0].provider = "openai";
    settings.models[0].model = "m";
    settings.models[0].base_url = peer.base_url();
    settings.models[0].api_key_env = "KEY";
    settings.models[0].limits.concurrency = 1;
  }
  // Also after a failed requirement: what is under way holds on to what goes away here.
  ~record_rig() {
    if (!run_ || over()) return;
    stop(exit_status::stopped, "");
    for (const auto& one : run_->asking.gates) one->endpoints()[0]->client->stop();
    while (!over() && context.run_one_for(std::chrono::seconds(5)) == 1) continue;
  }

  void start(const std::string& rows);
  shared_run& run() { return *run_; }
  const batch_desks& desks() const { return desks_; }
  progress_snapshot counts() const { return counts_of(*run_); }

  template <class Condition>
  void until(const Condition& condition) {
    while (!condition()) step();
  }
  // What does not come in half a minute will never come.
  void step() { REQUIRE(context.run_one_for(std::chrono::seconds(30)) == 1); }
  void wake() {
    for (auto& one : run_->asking.asleep) one.alarm.cancel();
  }
  void stop(exit_status status, const std::string& why);
  // Runs until no record is under way, and gives what is in the ledger.
  std::vector<sample> finish();
  std::vector<sample> finish(const std::string& rows) {
    start(rows);
    return finish();
  }
  std::string ledger_text() const { return content_of(ledger_path()); }

  temporary_directory directory;
  io::asio::io_context context{1};
  answering_peer peer;
  config settings;
  std::optional<purse> money;
  std::string dataset = "data.jsonl";
  std::function<void()> on_commit;  // on the ledger's thread
  std::vector<sample_key> settled;  // before the run

  bool fed = false;
  std::optional<exit_status> status;  // of the first stop
  std::string reason;
  std::vector<std::string> said;

 private:
  bool over() const { return fed && run_->asking.under_way == 0; }
  std::string ledger_path() const { return directory.path() + "/ledger.jsonl"; }
  void share();
  void stopped(exit_status how, const std::string& why);
  void open_ledger();
  void open_feed(const std::string& rows);

  std::optional<done_set> done_;
  std::optional<shared_run> run_;
  batch_desks desks_;
  std::optional<plain_views> plain_views_;
  std::optional<view_follower> views_;
  std::unique_ptr<io::ledger_log> ledger_;
  std::optional<row_feed> feed_;
};

inline std::string error_answer(int status, const std::string& code, const char* headers = "") {
  return http_answer(
      status, fmt::format(R"({{"error":{{"message":"told so","code":"{}"}}}})", code), headers);
}

// What the peer is asked for: sum_row(n) asks "What is n + 1?".
inline std::uint64_t question_in(const http_request& asked) {
  const std::string_view start = "What is ";
  return std::stoull(asked.body.substr(asked.body.find(start) + start.size()));
}

inline std::string right_completion(const http_request& asked) {
  return completion_answer(fmt::format("It is {}", question_in(asked) + 1));
}

inline bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Answers with one after the other, the last one again and again.
inline answering_peer::answer in_turn(std::vector<std::string> answers) {
  return [answers = std::move(answers), next = std::size_t{0}](const http_request&) mutable {
    return std::optional(answers[std::min(next++, answers.size() - 1)]);
  };
}

}  // namespace retort::test
