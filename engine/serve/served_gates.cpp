#include "engine/serve/served_gates.hpp"

#include <utility>

#include "engine/generate/court.hpp"

namespace retort::engine {
namespace {

void turn(generator& by, const planned_server& of, bool is_ready) {
  if (is_ready) by.say(of.place + ": ready at " + of.base_url);
  for (const std::size_t entry : of.entries) {
    admission& gate = *by.gates[entry];
    gate.endpoints()[of.replica]->is_away = !is_ready;
    if (is_ready) gate.serve_soon();
  }
}

void lose(generator& by, const planned_server& of, const error& why) {
  if (why.code == errc::usage) {
    const char* const sent = by.requests == 0 ? "; nothing was sent" : "";
    return by.stop.raise(exit_status::bad_input, why.message + sent);
  }
  providers::failure told;
  told.kind = providers::failure_kind::network;
  told.message = why.message;
  for (const std::size_t entry : of.entries) {
    admission& gate = *by.gates[entry];
    const bool is_said = entry != of.entries.front();
    retire(by, gate, *gate.endpoints()[of.replica], told, true, is_said);
  }
}

server_events events_of(generator& by) {
  server_events out;
  out.say = [&by](const std::string& line) { by.say(line); };
  out.turned = [&by](const planned_server& of, bool is_ready) { turn(by, of, is_ready); };
  out.lost = [&by](const planned_server& of, const error& why) { lose(by, of, why); };
  return out;
}

}  // namespace

std::unique_ptr<servers> attach_servers(const config& what, std::vector<planned_server> planned,
                                        generator& by) {
  if (planned.empty()) return nullptr;
  std::vector<std::vector<std::string>> environments;
  for (const planned_server& one : planned) {
    environments.push_back(environment_of(one, what));
    for (const std::size_t entry : one.entries) {
      by.gates[entry]->endpoints()[one.replica]->is_away = true;
    }
  }
  const std::vector<planned_server> plan = planned;
  auto made = std::make_unique<servers>(by.on, std::move(planned), what.run_dir, events_of(by));
  for (const planned_server& one : plan) {
    for (const std::size_t entry : one.entries) {
      by.gates[entry]->awaited = [all = made.get(), environments] { all->start(environments); };
    }
  }
  return made;
}

}  // namespace retort::engine
