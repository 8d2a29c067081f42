// An arrow that goes the wrong way, for the test of scripts/check-arrows.
#pragma once

#include "core/metrics/bleu.hpp"
