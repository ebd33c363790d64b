// error: conversion from .int. to non-scalar type .creditd::Credits.
#include "core/credits.hpp"

creditd::Credits wrong = 5;
