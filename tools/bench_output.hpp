// Where `retort bench` puts what it came to: the table, the JSON; and, before anything is sent,
// that there is a place for them.
#pragma once

#include "engine/bench/bench.hpp"
#include "tools/bench_flags.hpp"

namespace retort::tools {

// Takes away the JSON of an earlier benchmark: nobody is to take it for this one's. errc::usage:
// what is there is no benchmark's; errc::unwritable, errc::disk.
result<void> make_place(const bench_flags& flags);

// Whole, or not at all. errc::unwritable, errc::disk.
result<void> write(const bench_flags& flags, const engine::bench_result& result,
                   const engine::bench_options& options);

}  // namespace retort::tools
