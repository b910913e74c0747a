// One request to its end, whoever asks and however many attempts it takes: admission, the wire,
// what the response means, and the wait before the next. One thread: the engine's.
#pragma once

#include "engine/endpoint/admission.hpp"
#include "engine/generate/generator.hpp"
#include "engine/generate/question.hpp"
#include "engine/sample/sample.hpp"
#include "io/base/awaitable.hpp"

namespace retort::engine {

// Fills `into`, which is settled unless the run stops. What is passed outlives it.
io::awaitable<> generate(generator* by, admission* gate, question asked, generation* into);

}  // namespace retort::engine
