#include "engine/run/run.hpp"

#include <exception>

#include "engine/run/conductor.hpp"
#include "io/base/unexpected.hpp"

namespace retort::engine {

result<run_summary> run(const config& what, const run_options& options) {
  try {
    config own = what;  // with the places of servers: those that it finds, those that it starts
    conductor all(&own, options);
    auto prepared = all.prepare();
    if (!prepared) return prepared.error();
    return all.perform();
  } catch (...) {
    return io::explain(std::current_exception());
  }
}

}  // namespace retort::engine
