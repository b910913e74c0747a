#include "engine/run/run.hpp"

#include "engine/run/conductor.hpp"
#include "io/base/unexpected.hpp"

namespace retort::engine {

result<run_summary> run(const config& what, const run_options& options) {
  try {
    conductor all(what, options);
    auto prepared = all.prepare();
    if (!prepared) return prepared.error();
    return all.perform();
  } catch (...) {
    return io::explain(std::current_exception());
  }
}

}  // namespace retort::engine
