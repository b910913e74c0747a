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
  run_.emplace(settings, context.get_executor(), must(step_prompts::make(settings)),
               must(assessor::make(settings)));
  auto endpoints = must(make_endpoints(settings, {}, context.get_executor(),
                                       [](const char*) { return key.c_str(); }));
  REQUIRE(run_->open_earlier_steps().has_value());
  generator& asking = run_->asking;
  asking.gates = must(make_gates(settings, std::move(endpoints), context.get_executor(),
                                 money ? &*money : nullptr));
  for (const auto& gate : asking.gates) gate->moved = [this] { run_->asking.relief.call_all(); };
  make_desks(settings, desks_);
  if (money) {
    money->exhausted = [this] { stop(exit_status::stopped, "budget"); };
    money->freed = [this] {
      for (const auto& gate : run_->asking.gates) gate->serve_soon();
      run_->asking.relief.call_all();
    };
  }
  done_.emplace(run_->plan.layout());
  for (const auto& one : settled) done_->note(one, verdict::accepted, false);
  run_->done = &*done_;
  run_->out.take_up(*done_, {});
  asking.stop.on_raise = [this](exit_status how, const std::string& why) { stopped(how, why); };
  asking.say = [this](const std::string& line) { said.push_back(line); };
}

void record_rig::open_ledger() {
  io::ledger_options options;
  options.sync = false;
  options.committed = [this](std::string_view) {
    if (on_commit) on_commit();
    if (run_->asking.relief_wanted.exchange(false)) {
      asio::post(context, [this] { run_->asking.relief.call_all(); });
    }
  };
  ledger_ = must(io::ledger_log::open(ledger_path(), std::move(options)));
  plain_views_.emplace(settings);
  views_.emplace(must(io::ledger_reader::open(ledger_path())),
                 must(plain_views_->open(settings, run_->assess)), ledger_->end());
  run_->out.open(ledger_.get(), &*views_);
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
  run_->asking.stop.raise(how, why);
}

void record_rig::stopped(exit_status how, const std::string& why) {
  status = how;
  reason = why;
  feed_->stop();
  wake();
  for (const auto& gate : run_->asking.gates) gate->close();
  run_->asking.relief.call_all();
}

std::vector<sample> record_rig::finish() {
  until([this] { return over(); });
  REQUIRE(ledger_->close().has_value());
  CHECK(run_->asking.gates[0]->in_flight() == 0);
  CHECK(counts().backing_off == 0);
  return samples_in(ledger_path());
}

}  // namespace retort::test
