"""The exports that Handoff recognises: one file per system, its name in this list."""

from core.intake.formats import dynamics, generic, hubspot, marketo, maven, olist, pipedrive, salesforce, zoho
from core.intake.formats.export import Export

SYSTEMS = (salesforce, hubspot, zoho, marketo, pipedrive, dynamics, olist, maven, generic)
"""Asked in this order where two fit equally well."""

EXPORTS: tuple[Export, ...] = tuple(export for system in SYSTEMS for export in system.EXPORTS)
