// A forbidden dependency, for the test of scripts/check-dependencies.
#pragma once

#include "core/metrics/bleu.hpp"
