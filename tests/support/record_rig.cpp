#include "tests/support/record_rig.hpp"

#include "engine/endpoint/gates.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace retort::test {
namespace {

namespace asio = boost::asio;

io::awaitable<> feed_all(record_rig* all, const batch_desks* desks) {
  co_await feed_records(&all->run(), desks);
  all->fed = true;
}

template <class T>
T must(result<T> what) {
  REQUIRE_MESSAGE(what.has_value(), what.error().message);
  return std::move(*what);
}

}  // namespace

void record_rig::share() {
  settings.run_dir = directory.path();
  run_.emplace(settings, context.get_executor(), must(prompts::make(settings)),
               must(assessor::make(settings)));
  auto endpoints = must(make_endpoints(settings, {}, context.get_executor(),
                                       [](const char*) { return key.c_str(); }));
  run_->gates = must(make_gates(settings, std::move(endpoints), context.get_executor(),
                                money ? &*money : nullptr));
  for (const auto& gate : run_->gates) gate->moved = [this] { run_->relief.call_all(); };
  make_desks(settings, desks_);
  if (money) {
    money->exhausted = [this] { stop(exit_status::stopped, "budget"); };
    money->settled = [this] {
      for (const auto& gate : run_->gates) gate->serve_soon();
      run_->relief.call_all();
    };
  }
  done_.emplace(static_cast<std::uint32_t>(settings.models.size()));
  for (const auto& one : settled) done_->note(one, verdict::accepted, false);
  run_->done = &*done_;
  run_->stop = [this](exit_status how, const std::string& why) { stop(how, why); };
  run_->say = [this](const std::string& line) { said.push_back(line); };
}

void record_rig::open_ledger() {
  io::ledger_options options;
  options.sync = false;
  options.committed = [this](std::string_view) {
    if (on_commit) on_commit();
    if (run_->relief_wanted.exchange(false)) {
      asio::post(context, [this] { run_->relief.call_all(); });
    }
  };
  ledger_ = must(io::ledger_log::open(ledger_path(), std::move(options)));
  run_->ledger = ledger_.get();
  views_.emplace(must(io::ledger_reader::open(ledger_path())),
                 must(view_fold::open(settings, &run_->assess)), ledger_->end());
  run_->views = &*views_;
}

void record_rig::open_feed(const std::string& rows) {
  auto reader = must(io::dataset_reader::open({directory.file(dataset, rows)}));
  feed_.emplace(context.get_executor(), std::move(reader), feed_options());
  run_->feed = &*feed_;
}

void record_rig::start(const std::string& rows) {
  share();
  open_ledger();
  open_feed(rows);
  asio::co_spawn(context, feed_all(this, &desks_), asio::detached);
}

void record_rig::stop(exit_status how, const std::string& why) {
  if (run_->stopping) return;
  run_->stopping = true;
  status = how;
  reason = why;
  feed_->stop();
  wake();
  for (const auto& gate : run_->gates) gate->close();
  run_->relief.call_all();
}

std::vector<sample> record_rig::finish() {
  until([this] { return over(); });
  REQUIRE(ledger_->close().has_value());
  CHECK(run_->gates[0]->in_flight() == 0);
  CHECK(counts().backing_off == 0);
  return samples_in(ledger_path());
}

}  // namespace retort::test
