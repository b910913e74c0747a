// What a run is made of, in the order in which prepare() makes it; torn down in the reverse. The
// engine's thread, but for the two interrupts.
#pragma once

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "engine/batch/batch.hpp"
#include "engine/directory/latest_file.hpp"
#include "engine/directory/output_files.hpp"
#include "engine/directory/resume.hpp"
#include "engine/directory/run_directory.hpp"
#include "engine/directory/run_facts.hpp"
#include "engine/endpoint/endpoint_watch.hpp"
#include "engine/evaluate/rendered_rows.hpp"
#include "engine/filters/succession.hpp"
#include "engine/lease/lease_keeper.hpp"
#include "engine/quota/budget.hpp"
#include "engine/record/record.hpp"
#include "engine/run/metrics_outlet.hpp"
#include "engine/run/run.hpp"
#include "engine/serve/served_gates.hpp"

namespace retort::engine {

struct run_parts {
  run_parts(const config& what_, const run_options& options_) : what(what_), options(options_) {}

  std::uint64_t in_flight() const;  // requests, those in batches aside

  const config& what;
  const run_options& options;
  std::vector<planned_server> planned;  // until `serving` has them
  run_summary summary;
  std::unique_ptr<progress_display> display;
  boost::asio::io_context context{1};
  run_directory directory;
  // What was not there before it, files before their directories: a refusal takes it away.
  std::vector<std::filesystem::path> new_paths;
  run_facts facts;                   // as summary.json is to say them
  bool has_adopted = false;          // lines of others, by this process
  std::optional<double> usd_before;  // what earlier processes have spent, as far as they said
  // Without a budget: what they have paid; nothing where that is not known.
  std::optional<budget::amount> paid_before;
  std::unique_ptr<latest_file> signs;     // of life; null: not at work yet
  std::optional<ledger_state> found;      // in the ledger, when the run began
  std::unique_ptr<succession> in_turn;    // who goes by what was accepted before; null: nobody
  std::optional<rendered_rows> rendered;  // where its ids or references are not this config's
  std::unique_ptr<lease_keeper> lease;    // null where no limits are shared
  std::optional<purse> money;
  budget told{{}, {}};  // with a budget: what the own ledger's lines tell of what was spent
  std::unique_ptr<latest_file> spending;  // at work: keeps spending.json
  budget::amount elsewhere;  // of a whole run: paid by others of it, which `cap` leaves out
  budget_config cap;         // what it holds: the budget, or a shard's part of what was left of it
  std::optional<shared_run> shared;
  std::vector<std::unique_ptr<endpoint_watch>> watches;  // of entries whose endpoints may change
  std::unique_ptr<servers> serving;                      // null where no entry has `serve`
  std::vector<std::unique_ptr<judging>> judges;  // by step; null where no evaluator is costly
  std::optional<kept_answers> kept;
  batch_desks desks;
  std::vector<batch_file> away;  // what earlier processes left so, until `desks` have it
  view_list views_wanted;
  std::optional<output_files> outputs;
  std::optional<view_follower> views;
  std::unique_ptr<io::file> own_ledger;  // with its lock, until the log has it
  std::unique_ptr<io::ledger_log> ledger;
  std::optional<io::dataset_reader> dataset;  // until the feed has it
  std::optional<row_feed> feed;
  std::unique_ptr<metrics_outlet> shown;  // null where nobody asked for them
  bool over = false;                      // nothing is under way any more

  // Raised, they end what waits for the dataset's bytes or reads the ledger, and what waits for
  // who reads the output.
  std::shared_ptr<io::interrupt> stop_reading = std::make_shared<io::interrupt>();
  std::shared_ptr<io::interrupt> stop_writing = std::make_shared<io::interrupt>();
};

inline std::uint64_t run_parts::in_flight() const {
  std::uint64_t sum = 0;
  for (const auto& gate : shared->asking.gates) sum += gate->in_flight();
  return sum;
}

}  // namespace retort::engine
