#include "engine/run/preparation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <utility>

#include "engine/directory/dataset_source.hpp"
#include "engine/directory/paid_work.hpp"
#include "engine/endpoint/gates.hpp"
#include "engine/endpoint/secret.hpp"
#include "engine/outputs/outputs.hpp"
#include "engine/prompt/constant_prompt.hpp"
#include "engine/record/beginnings.hpp"
#include "engine/run/adopting.hpp"
#include "engine/run/bookkeeping.hpp"
#include "engine/run/shared_quota.hpp"
#include "engine/run/taking_up.hpp"
#include "engine/shard/shard_run.hpp"
#include "io/file/file_limit.hpp"
#include "io/file/presence.hpp"

namespace retort::engine {
namespace {

namespace asio = boost::asio;

// What the ledger keeps in reserve on a disk that is nearly full, and on one that is not.
constexpr std::size_t least_reserve = 256 << 10;
constexpr std::size_t comfortable_reserve = 16 << 20;

// Requests in flight at most, as far as somebody stated it.
std::uint64_t places(const config& what) {
  std::uint64_t sum = 0;
  for (const auto& entry : model_entries(what)) {
    for (const auto& one : limits_of(*entry.model)) sum += one.limits.concurrency.value_or(1024);
  }
  return sum;
}

result<void> raise_file_limit(const config& what) {
  const std::uint64_t needed = places(what) + io::other_files;
  const std::uint64_t limit = io::raise_file_limit(needed);
  if (limit >= needed) return {};
  return error{errc::usage,
               fmt::format("{} requests in flight (models[].limits.concurrency) need {} open files "
                           "and the limit is {}: lower it, or raise the limit (ulimit -n)",
                           places(what), needed, limit)};
}

// It is passed where an answer costs more than could be expected, or where it was lowered.
std::string budget_used_up(const budget_config& cap, const budget::amount& all) {
  const spending spent = all.shown();
  const std::string used = cap.usd ? fmt::format("{:.4f} of {} USD", spent.usd, *cap.usd)
                                   : fmt::format("{} of {} tokens", spent.tokens, *cap.tokens);
  const bool is_passed =
      (cap.usd && spent.usd > *cap.usd) || (cap.tokens && spent.tokens > *cap.tokens);
  if (is_passed) return fmt::format("the budget is passed: {} spent; raise budget to go on", used);
  return fmt::format(
      "the budget is used up: {} spent, and the next request might cost more than is "
      "left; raise budget to go on",
      used);
}

result<void> share(run_parts& of, const run_stop& stop) {
  auto prompts = step_prompts::make(of.what);
  if (!prompts) return prompts.error();
  auto assess = assessor::make(of.what);
  if (!assess) return assess.error();
  of.shared.emplace(of.what, of.context.get_executor(), std::move(*prompts), std::move(*assess));
  auto opened = of.shared->open_earlier_steps();
  if (!opened) return opened;
  of.shared->asking.stop.on_raise = stop;
  of.shared->asking.say = [&of](const std::string& line) {
    of.display->say(of.shared->keys.without_keys(line));
  };
  if (!of.options.warns_of_config) return {};
  for (const auto& warning : warn_of_constant_templates(of.what)) of.display->say(warning);
  for (const auto& warning : warn_of_unshared_quotas(of.what)) of.display->say(warning);
  for (const auto& warning : warn_of_unbounded_answers(of.what)) of.display->say(warning);
  return {};
}

void open_purse(run_parts& of) {
  const auto& cap = of.what.budget;
  if (!cap.usd && !cap.tokens) return;
  of.money.emplace(cap.usd, cap.tokens);
  of.cap = cap;
  of.money->exhausted = [&of] {
    of.summary.over_budget |= !of.shared->asking.stop.is_raised();
    budget::amount all = of.money->money.exactly_spent();
    all += of.elsewhere;
    of.shared->asking.stop.raise(exit_status::stopped,
                                 budget_used_up(of.what.shard ? of.cap : of.what.budget, all));
  };
  of.money->freed = [&of] {
    for (const auto& gate : of.shared->asking.gates) gate->serve_soon();
    of.shared->asking.relief.call_all();
  };
}

void watch_endpoints(run_parts& of) {
  for (const auto& gate : of.shared->asking.gates) {
    auto source = source_of(*gate->endpoints().front()->model, of.options.name_server);
    if (!source) continue;
    of.watches.push_back(std::make_unique<endpoint_watch>(of.context.get_executor(), gate.get(),
                                                          std::move(source), &std::getenv,
                                                          of.shared->asking.say));
  }
}

result<void> open_gates(run_parts& of) {
  auto endpoints = make_endpoints(of.what, of.options.embedded, of.context.get_executor(),
                                  &std::getenv, of.stop_reading.get());
  if (!endpoints) return endpoints.error();
  of.shared->keys = keys_of(*endpoints);
  for (const auto& warning : warn_of_shared_keys(of.what, *endpoints)) of.display->say(warning);
  open_purse(of);
  auto gates = make_gates(of.what, std::move(*endpoints), of.context.get_executor(),
                          of.money ? &*of.money : nullptr);
  if (!gates) return gates.error();
  of.shared->asking.gates = std::move(*gates);
  for (const auto& gate : of.shared->asking.gates) {
    gate->moved = [&of] { of.shared->asking.relief.call_all(); };
  }
  watch_endpoints(of);
  of.serving = attach_servers(of.what, std::move(of.planned), of.shared->asking);
  make_desks(of.what, of.desks);
  return share_quota(of);
}

result<void> open_judges(run_parts& of) {
  shared_run& run = *of.shared;
  for (std::uint32_t step = 0; step <= last_step(of.what); ++step) {
    auto opened = judging::open(of.context, of.what, step, run.asking, secret_variables(of.what));
    if (!opened) return opened.error();
    of.context.restart();
    judging* const made = of.judges.emplace_back(std::move(*opened)).get();
    (step < run.earlier.size() ? run.earlier[step].judges : run.judges) = made;
    if (made && !made->note().empty()) of.display->say(made->note());
  }
  return {};
}

result<void> open_kept_answers(run_parts& of) {
  if (of.found->answers.empty() && of.found->handed_on.empty()) return {};
  auto opened = kept_answers::open(of.directory.ledger(), &*of.found);
  if (!opened) return opened.error();
  of.kept.emplace(std::move(*opened));
  of.shared->kept = &*of.kept;
  return {};
}

result<void> open_directory(run_parts& of) {
  of.directory.path = of.what.run_dir;
  of.summary.directory = of.what.run_dir;
  of.views_wanted = views_of(of.what);
  for (const auto& each : of.views_wanted) {
    of.summary.views.push_back({each->kind(), each->path()});
  }
  of.summary.is_fresh = of.options.fresh;
  // A dataset that cannot be opened should not leave a directory behind. This looks at its files
  // and reads none of them.
  auto readable = open_dataset(of.what);
  if (!readable) return readable.error();
  of.summary.is_piped = readable->is_read_once();
  if (of.options.fresh) {
    auto moved = move_aside(of.directory, of.what, of.stop_reading);
    if (!moved) return moved.error();
    of.summary.moved_to = *moved;
  }
  for (std::filesystem::path one = of.what.run_dir; !one.empty(); one = one.parent_path()) {
    const auto there = io::is_there(one);
    if (!there || *there) break;
    of.new_paths.push_back(one);
  }
  auto opened = open_run_directory(of.what.run_dir);
  if (!opened) return opened.error();
  return {};
}

result<void> open_ledger(run_parts& of) {
  io::ledger_options options;
  options.sync = of.what.durability == durability::fsync;
  options.reserve_bytes = least_reserve;
  options.comfort_bytes = comfortable_reserve;
  options.committed = [&of](std::string_view lines) {
    of.views->committed(lines.size());
    if (of.shared->asking.relief_wanted.exchange(false)) {
      asio::post(of.context, [&of] { of.shared->asking.relief.call_all(); });
    }
  };
  options.failed = [&of](const error& why) {
    asio::post(of.context,
               [&of, why] { of.shared->asking.stop.raise(exit_status::stopped, why.message); });
  };
  auto opened = io::ledger_log::open(std::move(of.own_ledger), std::move(options));
  if (!opened) return opened.error();
  of.ledger = std::move(*opened);
  return {};
}

result<void> open_outputs(run_parts& of) {
  output_options options;
  options.stop = of.stop_writing;
  options.say = [&of](const std::string& line) {
    asio::post(of.context, [&of, line] { of.display->say(line); });
  };
  auto opened = output_files::open(of.what, of.views_wanted, std::move(options));
  if (!opened) return opened.error();
  of.outputs.emplace(std::move(*opened));
  return {};
}

result<void> open_views(run_parts& of) {
  auto fold = view_fold::open(of.what, &of.shared->assess, of.views_wanted, *of.outputs,
                              of.rendered ? &*of.rendered : nullptr);
  if (!fold) return fold.error();
  fold->expect(of.found->lines);
  if (of.found->stale > 0) fold->judge_in_turn(succession::make(of.what));
  auto ledger = io::ledger_reader::open(of.directory.ledger());
  if (!ledger) return ledger.error();
  const auto failed = [&of](const error& why) {
    asio::post(of.context, [&of, why] {
      if (!of.over)
        of.shared->asking.stop.raise(status_of(why), why.message);  // else finish() tells
    });
  };
  of.views.emplace(std::move(*ledger), std::move(*fold), of.ledger->end(), failed);
  of.shared->out.open(of.ledger.get(), &*of.views);
  if (of.money) {
    of.shared->out.written = [&of](const sample& done) { add_spending(of, done, of.told); };
  }
  of.views->committed(of.ledger->end());
  return {};
}

result<void> open_feed(run_parts& of) {
  feed_options options;
  if (of.dataset->is_read_once()) options.rows_before = of.found->rows_needed;
  options.limit = of.what.dataset.limit;
  options.part = rows_of(of.what);
  options.is_settled = [&of](std::uint64_t ordinal) {
    return of.shared->plan.is_done(of.found->done.history_of(ordinal));
  };
  if (of.what.dataset.in_prefix_order) options.beginning_of = beginnings_of(*of.shared);
  of.feed.emplace(of.context.get_executor(), std::move(*of.dataset), std::move(options));
  of.shared->feed = &*of.feed;
  return {};
}

result<void> take_up_batches(run_parts& of) {
  return resume_batches(*of.shared, of.desks, std::move(of.away), of.stop_reading.get());
}

// While its ledger is locked, nobody else is at work on it.
void take_back(run_parts& of) {
  if (of.new_paths.empty()) return;
  of.views.reset();
  of.outputs.reset();
  const auto paid = has_paid_work(of.directory);
  if (!paid || *paid) return;
  for (const auto& one : of.new_paths) {
    std::error_code ignored;
    std::filesystem::remove(one, ignored);
  }
}

result<void> take_steps(run_parts& of) {
  for (const auto step :
       {open_gates, open_judges, open_directory, adopt, open_ledger, open_outputs, take_up_ledger,
        join_quota, open_kept_answers, open_views, open_feed, take_up_batches, note_beginning}) {
    auto passed = step(of);
    if (!passed) return passed;
    if (of.stop_reading->is_raised()) return error{errc::cancelled, "stopped"};
  }
  return {};
}

}  // namespace

result<void> prepare(run_parts& of, const run_stop& stop) {
  auto files = raise_file_limit(of.what);
  if (!files) return files;
  auto shared = share(of, stop);
  if (!shared) return shared;
  auto prepared = take_steps(of);
  if (!prepared) take_back(of);
  return prepared;
}

}  // namespace retort::engine
