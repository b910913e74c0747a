// The members of each format as columns of a table with types (Parquet): the same for all of a
// run's lines, whatever its samples hold. What is of no shape that is known beforehand (tools, the
// arguments of a call) is a text that holds its JSON. Pure; any thread.
#pragma once

#include <vector>

#include "engine/config/config.hpp"
#include "io/parquet/parquet_module.hpp"

namespace retort::engine {

// Some message may call a tool, answer a call or have a name: messages have members for it then.
// `asked`: the step that the output is of.
bool may_call(const config& asked);

// Of an output in a format of the table, but for what of ours it carries along; none where a format
// has none.
std::vector<io::parquet_column> columns_of_format(const config& asked, const output_config& of);

}  // namespace retort::engine
