"""Nedap Ons (care administration): certificates, bulk resources, windowed and list endpoints, exports."""

from provider_simulators.ons.backend import OnsBackend, Reading
from provider_simulators.ons.certificates import Certificates
from provider_simulators.ons.simulator import OnsSimulator
from provider_simulators.ons.switches import Environment, OnsSwitches

__all__ = ["Certificates", "Environment", "OnsBackend", "OnsSimulator", "OnsSwitches", "Reading"]
