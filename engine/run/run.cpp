#include "engine/run/run.hpp"

#include <cstdlib>
#include <utility>

#include "engine/endpoint/endpoint_source.hpp"
#include "engine/run/conductor.hpp"
#include "engine/serve/server_plan.hpp"
#include "io/base/unexpected.hpp"

namespace retort::engine {

result<run_summary> run(const config& what, const run_options& options) {
  try {
    config own = what;  // with the places of servers: those that it finds, those that it starts
    auto found = find_services(own, options.name_server);
    if (!found) return found.error();
    auto planned = plan_servers(own, &std::getenv);
    if (!planned) return planned.error();
    conductor all(own, options, std::move(*planned));
    auto prepared = all.prepare();
    if (!prepared) return prepared.error();
    return all.perform();
  } catch (...) {
    return io::explain(std::current_exception());
  }
}

}  // namespace retort::engine
