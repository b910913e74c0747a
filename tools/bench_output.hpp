// Where `retort bench` puts what it came to: the table, the JSON; and, before anything is sent,
// that there is a place for them.
#pragma once

#include <string>
#include <string_view>

#include "engine/bench/bench.hpp"
#include "tools/bench_flags.hpp"

namespace retort::tools {

// Takes away the JSON of an earlier benchmark: nobody is to take it for this one's. errc::usage:
// what is there is no benchmark's; errc::unwritable, errc::disk.
result<void> make_place(const bench_flags& flags);

// Whole, or not at all. errc::unwritable, errc::disk.
result<void> write(const bench_flags& flags, const engine::bench_result& result,
                   const engine::bench_options& options);

// The parts of both, for other JSON of a benchmark's. `path`: "" or "-" is no file; `begin`: what
// one begins with that may be taken away.
result<void> make_json_place(const std::string& path, std::string_view begin);
result<void> put_json(const std::string& path, const std::string& json);
result<void> print_out(const std::string& lines);

// A place that cannot be written is the user's to mend, a full disk, too: not as a run's, which
// goes on from what it has. Says so, and returns the exit status.
int refuse_output(const error& why);

}  // namespace retort::tools
